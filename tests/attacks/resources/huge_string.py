# about: a returned text of 300 MB
# base: solved 01_encoding
# score: 15, json_loads_strict 0
# costs: much

# %% json_loads_strict
def json_loads_strict(data):
    return "x" * 300_000_000
