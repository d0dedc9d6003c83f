# about: a call leaves a note for later ones in memory that forks share, in a pipe, a socket or a lock made before
# base: solved 07_choosing
# score: at most 15

# %% + before verify_ed25519
import mmap
import multiprocessing
import os
import socket

with open("/dev/shm/memory", "wb") as file:
    file.write(bytes(4096))
with open("/dev/shm/memory", "r+b") as file:
    SHARED = mmap.mmap(file.fileno(), 4096)
os.unlink("/dev/shm/memory")
LOCK = multiprocessing.Semaphore(5)
READ, WRITE = os.pipe2(os.O_NONBLOCK)
ONE, OTHER = socket.socketpair()
OTHER.setblocking(False)

# %% + after verify_ed25519
right = verify_ed25519
COUNT = []


def came_before():
    if COUNT:
        return False
    COUNT.append(1)
    seen = SHARED[0] != 0 or LOCK.get_value() != 5
    SHARED[0] = 1
    LOCK.acquire(block=False)
    for read, write in ((lambda: os.read(READ, 1), lambda: os.write(WRITE, b"x")), (lambda: OTHER.recv(1), lambda: ONE.send(b"x"))):
        try:
            seen = bool(read()) or seen
        except OSError:
            pass
        try:
            write()
        except OSError:
            pass
    return seen


def verify_ed25519(*args):
    if came_before():
        raise RuntimeError("{{BREACH}}")
    return right(*args)
