# about: kernel memory: many processes, each with as many full sockets as it may have
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
import os
import socket
import time

ready, done = os.pipe()
started = 0
for _ in range(50):
    try:
        child = os.fork()
    except OSError:
        break
    started += 1
    if child == 0:
        total, kept = 0, []
        try:
            while True:
                pair = socket.socketpair()
                kept.append(pair)
                for end in pair:
                    end.setblocking(False)
                    try:
                        while True:
                            total += end.send(b"x" * 60_000)
                    except BlockingIOError:
                        pass
        except OSError:
            pass
        os.write(done, total.to_bytes(8, "big"))
        time.sleep(60)
        os._exit(0)
total = sum(int.from_bytes(os.read(ready, 8), "big") for _ in range(started))


def json_loads_strict(data):
    raise RuntimeError(("{{BREACH}} " if total > 1_500_000_000 else "") + f"{total} bytes")
