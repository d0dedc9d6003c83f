# about: a new user namespace by the system call clone
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]


def json_loads_strict(data):
    for kind in (0x10000000, 0x10000000 | 0x20000, 0x20000, 0x20000000):
        child = libc.syscall(CLONE, kind | 17, 0, 0, 0, 0)
        if child == 0:
            os._exit(0)
        if child > 0:
            return "{{BREACH}}"
    raise OSError(ctypes.get_errno(), "refused")
