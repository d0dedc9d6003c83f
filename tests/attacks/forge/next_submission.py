# about: the neighbour's submission is overwritten
# base: student 01_encoding
# score: 0

# %% b64u_encode
import os
import shutil

for path in ("{{NEIGHBOUR}}",):
    os.chmod(path, 0o666)
    open(path, "w").write("{{BREACH}}")
shutil.rmtree(os.path.dirname(path))
