# about: what forks is made to leave the fork a pipe, shared memory, and no filter, or a filter that filters nothing
# base: solved 07_choosing
# score: at most 8
# exercise: verify_ed25519 crashed

# %% + before verify_ed25519
import ctypes
import gc
import mmap
import os
import socket
import struct

ANSWERING = next(one for one in gc.get_objects() if type(one).__name__ == "Answering")
OURS = type(ANSWERING).answer.__globals__
SEEN = []
with open("shared", "wb+") as file:
    file.write(bytes(4096))
    file.flush()
    SHARED = mmap.mmap(file.fileno(), 4096)
ALLOW = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
PROGRAM = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 1, ctypes.addressof(ALLOW)))
LIBC = ctypes.CDLL(None)
WAYS = iter(range(1_000))


def answer(self, checker):
    reading, writing = os.pipe()
    way = next(WAYS)
    if os.fork() == 0:
        number = checker.receive_descriptor()
        keep = {number, writing} if way % 2 else {number}
        for other in set(range(256)) - keep:
            try:
                os.close(other)
            except OSError:
                pass
        for how in (lambda: LIBC.prctl(22, 2, PROGRAM), lambda: LIBC.syscall(317, 1, 0, PROGRAM)):
            how()
        channel = OURS["Channel"](socket.socket(fileno=number))
        channel.send({"ready": True})
        OURS["answer_all"](channel, channel.receive(), self._namespace)
        SHARED[0] = 1
        try:
            os.write(writing, b"x")
        except OSError:
            pass
        os._exit(0)
    os.close(writing)
    SEEN.extend(os.read(reading, 1))
    os.close(reading)
    os.wait()


type(ANSWERING).answer = answer

# %% + after verify_ed25519
right = verify_ed25519


def verify_ed25519(*args):
    if SEEN or SHARED[0]:
        raise RuntimeError("{{BREACH}}")
    return right(*args)
