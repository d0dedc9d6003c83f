# about: sys.excepthook, threading.excepthook, atexit and the unraisable hook belong to the learner
# base: student 01_encoding
# score: 0

# %% b64u_encode
import atexit
import os
import sys
import threading

sys.excepthook = threading.excepthook = sys.unraisablehook = lambda *args: None
atexit.register(os._exit, 0)


def b64u_encode(data):
    os.kill(os.getpid(), 15)
    return 1 / 0
