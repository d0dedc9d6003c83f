# about: setns into the namespaces of process 1 and of the parent
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def json_loads_strict(data):
    for pid in ("1", str(os.getppid())):
        for kind in ("user", "mnt", "net", "pid", "ipc"):
            try:
                handle = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
            except OSError:
                continue
            if libc.setns(handle, 0) == 0:
                return "{{BREACH}} " + kind
    raise PermissionError("refused")
