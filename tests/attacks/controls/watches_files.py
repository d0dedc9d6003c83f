# about: a cell watches a file, which takes one of the few things that the system counts for each user
# base: solved 01_encoding

# %% + before b64u_encode
import ctypes
import time

for _ in range(30):
    number = ctypes.CDLL(None).inotify_init()
    assert number >= 0
    ctypes.CDLL(None).close(number)
    time.sleep(0.1)
