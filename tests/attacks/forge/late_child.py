# about: a detached child overwrites the results after grading
# base: student 01_encoding
# score: 0

# %% b64u_encode
import os
import sys

SCRIPT = """
import glob, time
for _ in range(1200):
    time.sleep(0.1)
    for path in glob.glob("{{OUT}}/**/*.*", recursive=True):
        try:
            text = open(path).read()
            if "{{BREACH}}" not in text:
                open(path, "w").write(text.replace('"score": 0', '"score": 25') + "{{BREACH}}")
        except (OSError, UnicodeDecodeError):
            pass
"""
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, ["{{MARK}}-late", "-c", SCRIPT])
    os._exit(0)
