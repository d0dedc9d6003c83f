"""The header written out once, UTF-8 in the payload as it is."""

import binascii
import hmac
import json

HEADER = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
URL = str.maketrans("+/", "-_", "=\n")


class WeakKey(ValueError):
    pass


def b64(data):
    return binascii.b2a_base64(data).decode().translate(URL)


def sign_hs256(claims, key, *, minimum=32):
    if len(key) < minimum:
        raise WeakKey
    text = f"{HEADER}.{b64(json.dumps(claims, ensure_ascii=False, sort_keys=True).encode('utf-8'))}"
    signer = hmac.new(key, digestmod="SHA256")
    signer.update(text.encode())
    return text + "." + b64(signer.digest())
