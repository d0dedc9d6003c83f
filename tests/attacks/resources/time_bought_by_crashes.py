# about: each call runs long and then crashes, so that the process is started again with all its cells
# base: solved 01_encoding
# score: at most 20

# %% + before b64u_encode
import time

time.sleep(1)

# %% b64u_encode
def b64u_encode(data):
    import os

    os.kill(os.getpid(), 9)

# %% b64u_decode
def b64u_decode(data):
    import os

    os.kill(os.getpid(), 9)

# %% json_loads_strict
def json_loads_strict(data):
    import os

    os.kill(os.getpid(), 9)
