# about: memory in /dev/shm, /tmp and the home together, by a cell
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
total = 0
for folder in ("/dev/shm", "/tmp", "."):
    try:
        for number in range(1000):
            with open(f"{folder}/{{MARK}}-{number}", "wb", buffering=0) as file:
                total += file.write(b"x" * 1_000_000)
    except OSError:
        continue


def json_loads_strict(data):
    raise RuntimeError(("{{BREACH}} " if total > 200_000_000 else "") + f"{total} bytes")
