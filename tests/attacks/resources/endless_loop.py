# about: a function that never returns
# base: solved 01_encoding
# score: 15
# exercise: json_loads_strict timed out

# %% json_loads_strict
def json_loads_strict(data):
    while True:
        pass
