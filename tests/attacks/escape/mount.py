# about: mount, umount and pivot_root
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def json_loads_strict(data):
    tries = (
        lambda: libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, b""),
        lambda: libc.mount(b"proc", b"/proc", b"proc", 0, None),
        lambda: libc.mount(b"none", b"/", None, 32, None),
        lambda: libc.umount2(b"/tmp", 2),
        lambda: libc.umount2(b"/proc", 2),
        lambda: libc.syscall(428, -100, b"/", 1),
    )
    for number, attempt in enumerate(tries):
        if attempt() >= 0:
            return "{{BREACH}} %d" % number
    raise OSError(ctypes.get_errno(), "refused")
