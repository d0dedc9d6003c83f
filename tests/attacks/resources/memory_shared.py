# about: three gigabytes of anonymous shared memory, written by children that end
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
import mmap
import os

kept = []
for _ in range(30):
    block = mmap.mmap(-1, 100_000_000, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
    kept.append(block)
    child = os.fork()
    if child == 0:
        for place in range(0, len(block), 10_000_000):
            block[place : place + 10_000_000] = bytes(10_000_000)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        raise MemoryError("stopped")


def json_loads_strict(data):
    raise RuntimeError("{{BREACH}}")
