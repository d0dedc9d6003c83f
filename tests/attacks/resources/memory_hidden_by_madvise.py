# about: shared memory that many processes fill and then take out of their page tables, so that no process seems to have it
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
import mmap
import os
import time

ready, done = os.pipe()
for _ in range(12):
    if os.fork() == 0:
        block = mmap.mmap(-1, 260_000_000, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
        for start in range(0, len(block), 10_000_000):
            block[start : start + 10_000_000] = bytes(10_000_000)
            block.madvise(mmap.MADV_DONTNEED)
        os.write(done, b"1")
        time.sleep(60)
        os._exit(0)
full = b""
while len(full) < 12:
    full += os.read(ready, 1)


def json_loads_strict(data):
    raise RuntimeError("{{BREACH}}")
