# about: a recursion without end, with the interpreter's limit taken away
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import sys


def json_loads_strict(data):
    sys.setrecursionlimit(10**9)

    def deeper(*args):
        return deeper(*map(deeper, [args]))

    return deeper()
