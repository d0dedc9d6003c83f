# about: an import was added to the setup cell, and used
# base: solved 01_encoding

# %% append to setup
import binascii
import re

# %% b64u_decode
def b64u_decode(text):
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text, re.ASCII):
        raise ValueError("alphabet")
    plain = text.replace("-", "+").replace("_", "/")
    data = binascii.a2b_base64(plain + "=" * (-len(plain) % 4))
    if b64u_encode(data) != text:
        raise ValueError("spelling")
    return data
