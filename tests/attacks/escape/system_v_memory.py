# about: System V shared memory, semaphores and queues, which outlive a process
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def json_loads_strict(data):
    made = [libc.shmget(0x6A7774, 10_000_000, 0o1666), libc.semget(0x6A7774, 1, 0o1666), libc.msgget(0x6A7774, 0o1666)]
    if max(made) >= 0:
        return "{{BREACH}} %r" % made
    raise OSError(ctypes.get_errno(), "refused")
