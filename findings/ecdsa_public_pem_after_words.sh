#!/bin/sh
# ecdsa 0.19.2 (PyPI) reads a private key in PEM that has words before it, and not the public key.
#
# RFC 7468 §5.2 and §2 let explanatory text stand before "-----BEGIN"; OpenSSL writes such text itself. SigningKey.from_pem
# looks for the first line that begins a key. VerifyingKey.from_pem takes every line that has no dashes for base64, the
# words too, so what it decodes is no DER. The same file without the words is read.
#
# Seen with Python 3.11:
#   private key after words: read
#   public key alone: read
#   public key after words: UnexpectedDER
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check ecdsa==0.19.2
cat > "$dir/see.py" <<'PY'
import ecdsa

key = ecdsa.SigningKey.from_secret_exponent(2026, ecdsa.NIST256p)
words = "Signing key of login.example\n"
private, public = key.to_pem().decode(), key.verifying_key.to_pem().decode()


def see(what, read, pem):
    try:
        read(pem)
        print(f"{what}: read")
    except Exception as error:
        print(f"{what}: {type(error).__name__}")


see("private key after words", ecdsa.SigningKey.from_pem, words + private)
see("public key alone", ecdsa.VerifyingKey.from_pem, public)
see("public key after words", ecdsa.VerifyingKey.from_pem, words + public)
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "private key after words: read
public key alone: read
public key after words: UnexpectedDER" ]
