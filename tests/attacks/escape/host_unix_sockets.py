# about: unix sockets of the host, by abstract name and by path
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import glob
import socket


def json_loads_strict(data):
    for name in ("\0{{ABSTRACT}}", "{{SOCKET_FILE}}", "/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket"):
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(0.3)
        try:
            link.connect(name)
        except OSError:
            continue
        raise RuntimeError("{{BREACH}} " + name[-20:])
    raise ConnectionError("nobody there")
