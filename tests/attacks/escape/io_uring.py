# about: io_uring, which does its work outside of a filter's sight
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def json_loads_strict(data):
    parameters = ctypes.create_string_buffer(120)
    if libc.syscall(425, 8, parameters) >= 0:
        return "{{BREACH}}"
    raise OSError(ctypes.get_errno(), "refused")
