# about: values whose packed form is at the limits: too deep, too wide, with keys that are not text
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
def json_loads_strict(data):
    value = {}
    for number in range(60):
        value = {(number, None, b"\0", 1.5): [value, (value,) if number < 15 else ()]}
    return value
