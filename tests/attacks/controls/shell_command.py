# about: a program is run with an exclamation mark and with subprocess
# base: solved 01_encoding

# %% + before b64u_encode
!echo hello
lines = !echo AQ
import subprocess

assert subprocess.run(["sh", "-c", "exit 3"]).returncode == 3

# %% b64u_encode
def b64u_encode(data):
    assert lines == ["AQ"]
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
