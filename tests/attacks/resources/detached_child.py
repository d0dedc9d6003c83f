# about: a child in a session of its own that wants to outlive the grading
# base: solved 01_encoding
# score: at most 25

# %% + before b64u_encode
import os
import signal

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        os.execv("/bin/sleep", ["{{MARK}}-detached", "300"])
    os._exit(0)
