# about: a call leaves a note for later ones in a file: its text, name, mode, times, attributes, or what is appended
# base: solved 07_choosing
# score: at most 15

# %% + before verify_ed25519
import os
import pathlib

for name in ("text", "mode", "times", "attribute", "read"):
    pathlib.Path(name).write_text("")
    os.utime(name, (1, 10**9))
KEPT = open("text", "a")

# %% + after verify_ed25519
right = verify_ed25519


def notes():
    for place in (".", "/tmp", "/dev/shm"):
        yield lambda: pathlib.Path(place, "new").write_text(str(os.getpid()))
        yield lambda: os.mkdir(f"{place}/folder")
        yield lambda: os.symlink(str(os.getpid()), f"{place}/link")
    yield lambda: (KEPT.write("x"), KEPT.flush())
    yield lambda: pathlib.Path("text").write_text("x")
    yield lambda: os.chmod("mode", 0o755)
    yield lambda: os.utime("times", (5, 5))
    yield lambda: os.setxattr("attribute", "user.note", b"x")
    yield lambda: pathlib.Path("read").read_text()
    yield lambda: os.rename("mode", "renamed")
    yield lambda: os.truncate("/proc/self/fd/1", 77)


def found():
    for place in (".", "/tmp", "/dev/shm"):
        yield from (os.path.lexists(f"{place}/{name}") for name in ("new", "folder", "link"))
    yield os.path.getsize("text") > 0
    yield os.stat("mode").st_mode & 0o777 == 0o755
    yield os.stat("times").st_mtime == 5
    yield bool(os.listxattr("attribute"))
    yield os.stat("read").st_atime != 1
    yield os.path.exists("renamed")


MINE = []


def verify_ed25519(*args):
    if not MINE and any(found()):
        raise RuntimeError("{{BREACH}}")
    if not MINE:
        MINE.append(1)
        for note in notes():
            try:
                note()
            except OSError:
                pass
    return right(*args)
