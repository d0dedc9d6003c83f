# about: a pool of threads, two processes with memory that they share, and the usual libraries
# base: solved 01_encoding

# %% + before b64u_encode
import concurrent.futures
import os
import subprocess
import sys

with concurrent.futures.ThreadPoolExecutor(4) as pool:
    assert list(pool.map(len, ["a", "bb"])) == [1, 2]
ballast = bytes(60_000_000)
children = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        os._exit(ballast[1000])
    children.append(child)
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
assert subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True).stdout == b"1\n"
