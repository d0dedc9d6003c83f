# about: an exception with a text of 20 MB
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
def json_loads_strict(data):
    raise RuntimeError("x" * 20_000_000)
