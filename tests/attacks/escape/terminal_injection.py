# about: characters are pushed into the terminal that the grader was started from
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import fcntl
import os
import termios


def json_loads_strict(data):
    for path in ("/dev/tty", "/dev/console", "/dev/pts/0", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"):
        try:
            number = os.open(path, os.O_RDWR | os.O_NOCTTY)
            fcntl.ioctl(number, termios.TIOCSTI, b"x")
        except OSError:
            continue
        return "{{BREACH}} " + path
    raise PermissionError("refused")
