# about: system calls with the x32 bit in their number
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def json_loads_strict(data):
    assert os.uname().machine == "x86_64"
    if libc.syscall(0x40000000 + 272, 0x10000000) == 0:
        return "{{BREACH}} unshare"
    if libc.syscall(0x40000000 + 39) > 0:
        return "{{BREACH}} getpid"
    raise OSError(ctypes.get_errno(), "refused")
