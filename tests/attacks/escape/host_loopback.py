# about: a listener on the host's loopback, by TCP
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import socket


def json_loads_strict(data):
    for host in ("127.0.0.1", "localhost", "0.0.0.0", "::1", socket.gethostname()):
        try:
            link = socket.create_connection((host, {{TCP_PORT}}), timeout=0.3)
        except OSError:
            continue
        raise RuntimeError("{{BREACH}} " + link.recv(100).decode())
    raise ConnectionError("nobody there")
