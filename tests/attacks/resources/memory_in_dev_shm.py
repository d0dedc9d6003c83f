# about: three gigabytes of named shared memory
# base: solved 01_encoding
# score: 15
# costs: much

# %% json_loads_strict
def json_loads_strict(data):
    for number in range(30):
        with open(f"/dev/shm/{{MARK}}-{number}", "wb") as file:
            file.write(b"x" * 100_000_000)
    raise RuntimeError("{{BREACH}}")
