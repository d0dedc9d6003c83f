#!/bin/sh
# google-auth 2.63.0 (PyPI) takes a list of audiences from the caller, and none from the token.
#
# "In the general case, the "aud" value is an array of case-sensitive strings" (RFC 7519 §4.1.3). google.auth.jwt.decode
# compares the claim as a whole with each accepted audience, so a token for two services is refused by both of them.
#
# Seen with Python 3.11:
#   shop -> read
#   ['shop'] -> wrong audience
#   ['shop', 'stock'] -> wrong audience
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check google-auth==2.63.0 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, exceptions, jwt

key = rsa.generate_private_key(65537, 2048)
plain = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
signer = crypt.RSASigner.from_string(key.private_bytes(*plain))
public = key.public_key().public_bytes(plain[0], serialization.PublicFormat.SubjectPublicKeyInfo)
now = int(time.time())
for aud in ("shop", ["shop"], ["shop", "stock"]):
    token = jwt.encode(signer, {"iat": now, "exp": now + 600, "aud": aud})
    try:
        jwt.decode(token, certs=public, audience=["shop"])
        print(aud, "-> read")
    except exceptions.GoogleAuthError as error:
        print(aud, "-> wrong audience" if "wrong audience" in str(error) else error)
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "shop -> read
['shop'] -> wrong audience
['shop', 'stock'] -> wrong audience" ]
