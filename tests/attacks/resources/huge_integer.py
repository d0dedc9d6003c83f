# about: a returned number of 100 million digits
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
def json_loads_strict(data):
    return 1 << 400_000_000
