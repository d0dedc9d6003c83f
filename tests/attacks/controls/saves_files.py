# about: temporary files, a file in the working folder, a file in /tmp
# base: solved 01_encoding

# %% + before b64u_encode
import pathlib
import tempfile

pathlib.Path("notes.txt").write_text("tail")
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "x").write_bytes(bytes(1_000_000))
pathlib.Path("/tmp/{{MARK}}-honest.txt").write_text("honest")

# %% b64u_encode
def b64u_encode(data):
    assert pathlib.Path("notes.txt").read_text() == "tail"
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
