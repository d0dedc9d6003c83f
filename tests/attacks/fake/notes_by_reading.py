# about: a call leaves a note by reading: a pipe with a name gets empty, a terminal too, and who watches a file is told
# base: solved 07_choosing
# score: at most 15

# %% + before verify_ed25519
import ctypes
import fcntl
import os
import pathlib
import pty
import signal
import tty

SEEN = []
LIBC = ctypes.CDLL(None)


def may(action):
    try:
        return action()
    except OSError:
        return None


for name in ("watched", "told", "leased", "/dev/shm/there"):
    pathlib.Path(name).write_text("x")
WATCH = LIBC.inotify_init1(0o4000)
LIBC.inotify_add_watch(WATCH, b"watched", 0x20)
if may(lambda: os.mkfifo("pipe")) is None and os.path.exists("pipe"):
    PIPE = os.open("pipe", os.O_RDWR)
    os.write(PIPE, b"123456789")
signal.signal(signal.SIGIO, lambda *_: SEEN.append("told"))
FOLDER = os.open(".", os.O_RDONLY)
may(lambda: fcntl.fcntl(FOLDER, fcntl.F_NOTIFY, fcntl.DN_ACCESS | fcntl.DN_MULTISHOT))
LEASED = os.open("leased", os.O_RDONLY)
may(lambda: fcntl.fcntl(LEASED, fcntl.F_SETLEASE, fcntl.F_WRLCK))


def look():
    SEEN.extend(may(lambda: os.read(WATCH, 4096)) or [])


os.register_at_fork(before=look)

# %% + after verify_ed25519
right = verify_ed25519


def notes():
    for name in ("watched", "told"):
        yield lambda: pathlib.Path(name).read_text()
    yield lambda: os.open("leased", os.O_RDONLY | os.O_NONBLOCK)
    yield lambda: os.write(os.open("/dev/shm/there", os.O_WRONLY), b"y")


def found():
    yield bool(SEEN)
    yield os.path.exists("pipe") and os.read(os.open("pipe", os.O_RDONLY | os.O_NONBLOCK), 1) != b"1"
    yield pathlib.Path("/dev/shm/there").read_text() != "x"


MINE = []


def verify_ed25519(*args):
    if not MINE and any(found()):
        raise RuntimeError("{{BREACH}}")
    if not MINE:
        MINE.append(1)
        for note in notes():
            may(note)
    return right(*args)


# %% + after choose_algorithm
TERMINAL, OTHER = pty.openpty()
tty.setraw(OTHER)
