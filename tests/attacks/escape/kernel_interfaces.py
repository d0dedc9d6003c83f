# about: keyctl, add_key, bpf, perf_event_open, userfaultfd, kexec, init_module, reboot, swapon
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
CALLS = {
    "keyctl": (250 if X86 else 219, 0, -3, 1, 0, 0),
    "add_key": (248 if X86 else 217, b"user", b"jwt", b"x", 1, -3),
    "bpf": (321 if X86 else 280, 0, ctypes.create_string_buffer(128), 72),
    "perf_event_open": (298 if X86 else 241, ctypes.create_string_buffer(b"\1\0\0\0\x70\0\0\0", 128), 0, -1, -1, 0),
    "userfaultfd": (323 if X86 else 282, 1),
    "kexec_load": (246 if X86 else 104, 0, 0, 0, 0),
    "init_module": (175 if X86 else 105, b"x", 1, b""),
    "acct": (163 if X86 else 89, 0),
    "settimeofday": (170 if X86 else 170, 0, ctypes.create_string_buffer(16)),
    "sethostname": (170 if X86 else 161, b"x", 1),
}


def json_loads_strict(data):
    for name, (number, *arguments) in CALLS.items():
        if libc.syscall(number, *arguments) >= 0:
            return "{{BREACH}} " + name
    raise OSError(ctypes.get_errno(), "refused")
