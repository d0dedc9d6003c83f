# about: each answer is as long as one may be
# base: solved 01_encoding
# score: 15, json_loads_strict 0
# exercise: json_loads_strict crashed
# says: its answers had more than

# %% json_loads_strict
def json_loads_strict(data):
    return "x" * 199_000
