# about: a thread waits for the results and overwrites them
# base: student 01_encoding
# score: 0

# %% b64u_encode
import glob
import os
import threading
import time


def overwrite():
    while True:
        time.sleep(0.1)
        for path in glob.glob("{{OUT}}/**/*.*", recursive=True) + glob.glob("../**/results*.json", recursive=True):
            try:
                text = open(path).read()
                open(path, "w").write(text.replace('"score": 0', '"score": 25') + "{{BREACH}}")
            except (OSError, UnicodeDecodeError):
                pass


threading.Thread(target=overwrite, daemon=True).start()
