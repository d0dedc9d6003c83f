# about: leaves a note wherever it can write, for a later submission of a friend (the other half: left_behind_second)
# base: solved 01_encoding
# score: 25

# %% + at the end
import os
import tempfile

for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/usr/local/lib", ".", "/", os.path.expanduser("~"), tempfile.gettempdir()):
    try:
        with open(os.path.join(folder, "{{MARK}}-note"), "w") as note:
            note.write("the answers")
    except OSError:
        pass
