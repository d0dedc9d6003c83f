# about: the reference module is called from inside the function
# base: solved 01_encoding
# score: 15, b64u_decode 0
# exercise: b64u_decode forbidden | failed

# %% b64u_decode
from importlib import import_module as load


def b64u_decode(text):
    return getattr(load("jwt_from_scratch.encoding"), "b64u_" + "decode")(text)
