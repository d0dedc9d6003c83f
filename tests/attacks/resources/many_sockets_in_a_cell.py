# about: as many listeners and connections as there can be, by a cell
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
import socket

kept = []
while True:
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    kept.append(server)
