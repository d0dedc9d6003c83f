# about: memory in processes that call themselves by no text, or whose first thread has ended
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
import ctypes
import os
import threading
import time

MIB = 2**20
ready, done = os.pipe()


def hold():
    kept = os.urandom(MIB) * 200
    os.write(done, b"x")
    time.sleep(8)
    return kept


for number in range(6):
    if os.fork() == 0:
        libc = ctypes.CDLL(None)
        libc.prctl(15, (b"\xff\xfe\xfd", b"\nRssAnon: 0 kB", "\u00fc".encode("latin-1"))[number % 3], 0, 0, 0)
        if number % 2:
            threading.Thread(target=hold).start()
            libc.syscall(60 if os.uname().machine == "x86_64" else 93, 0)
        hold()
        os._exit(0)
os.close(done)
total, end = 0, time.monotonic() + 5
os.set_blocking(ready, False)
while time.monotonic() < end:
    time.sleep(0.1)
    try:
        total += 200 * len(os.read(ready, 100))
    except BlockingIOError:
        pass


def json_loads_strict(data):
    raise RuntimeError(("{{BREACH}} " if total >= 1_000 else "") + f"{total} MB")
