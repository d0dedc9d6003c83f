# about: builtins that a checker may lean on are replaced
# base: student 01_encoding
# score: 0

# %% b64u_encode
import builtins

real_isinstance = builtins.isinstance


def b64u_encode(data):
    return "wrong"


builtins.any = lambda things: False
builtins.all = lambda things: True
builtins.sum = lambda things, *rest: 0
builtins.isinstance = lambda thing, kind: True if kind in (str, bytes) else real_isinstance(thing, kind)
