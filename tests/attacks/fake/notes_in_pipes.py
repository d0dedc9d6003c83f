# about: an answer leaves a note in a pipe that the learner's process still has open
# base: solved 01_encoding
# score: 25

# %% + before b64u_encode
import os

reading, writing = os.pipe()


def note(what):
    """Write to the parent's pipe, as /proc shows it."""
    for number in (reading, writing):
        try:
            descriptor = os.open(f"/proc/{os.getppid()}/fd/{number}", os.O_RDWR | os.O_NONBLOCK)
            os.write(descriptor, what)
            os.close(descriptor)
        except OSError:
            pass


def noted():
    for number in (reading, writing):
        try:
            descriptor = os.open(f"/proc/{os.getppid()}/fd/{number}", os.O_RDONLY | os.O_NONBLOCK)
            if os.read(descriptor, 4) == b"note":
                return True
            os.close(descriptor)
        except OSError:
            pass
    return False


# %% b64u_encode
def b64u_encode(data):
    note(b"note")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# %% b64u_decode
import re


def b64u_decode(text):
    if noted():
        raise RuntimeError("{{BREACH}}")
    if not isinstance(text, str):
        raise TypeError("not a str")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("no base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise ValueError("another spelling")
    return data
