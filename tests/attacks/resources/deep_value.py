# about: a returned list 100,000 deep
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
def json_loads_strict(data):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
