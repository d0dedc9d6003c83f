# about: constants that a compiler would work out for ever
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
def json_loads_strict(data):
    return 9**9**9

BIG = ((((1 << 4000) ** 2) ** 2) ** 2) ** 2
