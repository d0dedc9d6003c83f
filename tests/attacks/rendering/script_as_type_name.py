# about: a class whose name is HTML and control sequences
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
def json_loads_strict(data):
    return type("<svg onload=alert('{{NAME}}')>\x1b[31m\x1b]0;{{NAME}}\x07", (), {})()
