# about: every input is refused, so that all bad ones are
# base: student 01_encoding
# score: 0

# %% b64u_decode
def b64u_decode(text):
    raise ValueError("no")


# %% json_loads_strict
def json_loads_strict(data):
    raise ValueError("no")
