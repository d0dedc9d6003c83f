#!/bin/sh
# jose 11 (Debian's jose) writes "zip":"DEF" into the header, does not compress, and cannot read what it wrote.
#
# With "zip" in the protected header the plaintext is compressed and then encrypted (RFC 7516 §4.1.3, §5.1). jose jwe enc encrypts
# it as it is and reports success. Nobody who then uncompresses can read it: neither jwcrypto 1.6.1 nor jose jwe dec, which
# does read what jwcrypto compressed. (Mended in jose by its pull request 161, of 2024; Debian 12 has 11-2+deb12u1.)
#
# Needs apt-get (nothing is installed: the packages are unpacked into a temporary folder). Seen on Debian 12:
#   jose encrypts without zip: jose reads, jwcrypto reads
#   jose encrypts with zip: jose refuses, jwcrypto refuses
#   jwcrypto encrypts with zip: jose reads, jwcrypto reads
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check jwcrypto==1.6.1 cryptography==50.0.2
apt-get download -qq jose=11-2+deb12u1 libjose0=11-2+deb12u1 libjansson4 2> /dev/null
for package in *.deb; do dpkg -x "$package" root; done
PATH="$dir/root/usr/bin:$PATH"
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libjose.so.0' | head -n 1)")
export PATH LD_LIBRARY_PATH
cat > see.py <<'PY'
import json
import subprocess
from pathlib import Path

from jwcrypto import jwe, jwk

TEXT = json.dumps({"sub": "ada", "scope": "read " * 20}).encode()
KEY = jwk.JWK.generate(kty="oct", size=256)
HEADER = {"alg": "A256KW", "enc": "A256GCM"}


def jose(*arguments, text):
    done = subprocess.run(["jose", "jwe", *arguments, "-k", "key.json"], input=text, capture_output=True)
    return done.stdout if done.returncode == 0 else None


def jose_encrypts(header):
    return jose("enc", "-i", json.dumps({"protected": header}), "-I", "text", "-c", text=b"").decode()


def jwcrypto_encrypts(header):
    return jwe.JWE(TEXT, json.dumps(header), recipient=KEY).serialize(compact=True)


def jwcrypto_decrypts(token):
    received = jwe.JWE()
    try:
        received.deserialize(token, KEY)
    except jwe.InvalidJWEData:
        return None
    return received.payload


Path("key.json").write_text(KEY.export())
Path("text").write_bytes(TEXT)
for what, token in (
    ("jose encrypts without zip", jose_encrypts(HEADER)),
    ("jose encrypts with zip", jose_encrypts(HEADER | {"zip": "DEF"})),
    ("jwcrypto encrypts with zip", jwcrypto_encrypts(HEADER | {"zip": "DEF"})),
):
    readers = {"jose": jose("dec", "-i", "-", text=token.encode()), "jwcrypto": jwcrypto_decrypts(token)}
    outcomes = [f"{reader} {'reads' if text == TEXT else 'refuses' if text is None else 'misreads'}" for reader, text in readers.items()]
    print(f"{what}: {', '.join(outcomes)}")
PY
seen=$(env/bin/python see.py)
printf '%s\n' "$seen"
[ "$seen" = "jose encrypts without zip: jose reads, jwcrypto reads
jose encrypts with zip: jose refuses, jwcrypto refuses
jwcrypto encrypts with zip: jose reads, jwcrypto reads" ]
