# about: takes memory and touches it, up to three gigabytes
# base: solved 01_encoding
# score: 15
# costs: much

# %% json_loads_strict
def json_loads_strict(data):
    kept = [b"x" * 50_000_000 for _ in range(60)]
    raise RuntimeError("{{BREACH}} " + str(len(kept)))
