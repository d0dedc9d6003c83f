# about: the ways of outliving a parent: new sessions, PR_SET_PDEATHSIG cleared, subreaper, dumpable
# base: solved 01_encoding
# score: at most 25

# %% + before b64u_encode
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(36, 1, 0, 0, 0)
libc.prctl(1, 0, 0, 0, 0)
libc.prctl(4, 1, 0, 0, 0)
if os.fork() == 0:
    libc.prctl(1, 0, 0, 0, 0)
    os.setsid()
    if os.fork() == 0:
        os.execv("/bin/sleep", ["{{MARK}}-orphan", "300"])
    os._exit(0)
