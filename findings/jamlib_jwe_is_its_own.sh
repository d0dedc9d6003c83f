#!/bin/bash
# jamlib 4.2.1 (PyPI) encrypts (JWE) in its own way: ten of its 75 pairs of alg and enc agree with another library.
#
# Content: the tag of the CBC methods is over the AAD, the IV, the ciphertext and the length of the AAD (RFC 7518 §5.2.2.1);
# jamlib appends the lengths of the IV and of the ciphertext as well. Keys: RSA-OAEP is with SHA-1 (§4.3), jamlib takes SHA-256
# as for RSA-OAEP-256. ECDH-ES agrees by Concat KDF with the algorithm's name in it (§4.6.2), jamlib by HKDF without. A128GCMKW
# needs the tag in the header (§4.7.1.2), jamlib throws it away. PBES2 derives as many bytes as the key wrap needs, and the
# algorithm's name is part of the salt (§4.8.1.1), jamlib derives 16 more and wraps with the last. Its own tokens it reads,
# but for A128GCMKW, A256GCMKW and ECDH-ES alone. RSA1_5, RSA-OAEP-256 and A128KW to A256KW, with GCM, are as the RFC says.
#
# Seen with Python 3.11 (joserfc 1.8.0 is the other):
#   with A128GCM, A256GCM (jamlib to jamlib, to joserfc, joserfc to jamlib):
#     read, read, read: RSA1_5 RSA-OAEP-256 A128KW A192KW A256KW
#     read, refused, refused: RSA-OAEP ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW
#     refused, refused, refused: ECDH-ES A128GCMKW A256GCMKW
#   with A128CBC-HS256, A192CBC-HS384, A256CBC-HS512 (jamlib to jamlib, to joserfc, joserfc to jamlib):
#     read, refused, refused: RSA1_5 RSA-OAEP RSA-OAEP-256 A128KW A192KW A256KW ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW
#     refused, refused, refused: ECDH-ES A128GCMKW A256GCMKW
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check jamlib==4.2.1 joserfc==1.8.0 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import logging

from jam.exceptions.jose import JamJWEDecryptionError
from jam.jose.jwe import JWE
from joserfc import jwe, jwk
from joserfc.errors import JoseError

logging.disable(logging.CRITICAL)  # jamlib logs every refusal with its traceback
TEXT, PASSWORD = b"hello", b"correct horse battery staple"
CURVES = {"ECDH-ES+A192KW": "P-384", "ECDH-ES+A256KW": "P-521"}  # where jamlib looks for this curve, else P-256
SINGLE = "RSA1_5 RSA-OAEP RSA-OAEP-256 A128KW A192KW A256KW ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW"
ALGS = [*SINGLE.split(), "A128GCMKW", "A256GCMKW", "PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"]
RSA = jwk.RSAKey.generate_key(2048)


def keys(alg):
    """The key for joserfc, and jamlib's public and private one, for one algorithm."""
    if alg.startswith("RSA"):
        return RSA, RSA.as_pem(private=False), RSA.as_pem(private=True)
    if alg.startswith("ECDH"):
        key = jwk.ECKey.generate_key(CURVES.get(alg, "P-256"))
        return key, key.as_pem(private=False), key.as_pem(private=True)
    key = jwk.OctKey.import_key(PASSWORD) if alg.startswith("PBES2") else jwk.OctKey.generate_key(int(alg[1:4]))
    return key, key.raw_value, key.raw_value


def outcome(read):
    try:
        return "read" if read() == TEXT else "read as something else"
    except (JamJWEDecryptionError, JoseError, ValueError):
        return "refused"
    except Exception as error:
        return type(error).__name__


def seen(alg, enc):
    """What becomes of jamlib's token at jamlib, of jamlib's at joserfc, and of joserfc's at jamlib."""
    key, public, private = keys(alg)
    known, password = [alg, enc], PASSWORD if alg.startswith("PBES2") else None
    reader = JWE(alg, enc, private, password=password)
    ours = JWE(alg, enc, public, password=password).encrypt(TEXT)
    theirs = jwe.encrypt_compact({"alg": alg, "enc": enc}, TEXT, key, algorithms=known)
    to_joserfc = outcome(lambda: jwe.decrypt_compact(ours, key, algorithms=known).plaintext)
    return outcome(lambda: reader.decrypt(ours)), to_joserfc, outcome(lambda: reader.decrypt(theirs))


for encs in (["A128GCM", "A256GCM"], ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"]):
    outcomes = {alg: {seen(alg, enc) for enc in encs} for alg in ALGS}
    assert all(len(found) == 1 for found in outcomes.values()), "the contents' methods differ"
    print(f"with {', '.join(encs)} (jamlib to jamlib, to joserfc, joserfc to jamlib):")
    for found in sorted({found for (found,) in outcomes.values()}):
        print(f"  {', '.join(found)}: {' '.join(alg for alg in ALGS if found in outcomes[alg])}")
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "with A128GCM, A256GCM (jamlib to jamlib, to joserfc, joserfc to jamlib):
  read, read, read: RSA1_5 RSA-OAEP-256 A128KW A192KW A256KW
  read, refused, refused: RSA-OAEP ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW
  refused, refused, refused: ECDH-ES A128GCMKW A256GCMKW
with A128CBC-HS256, A192CBC-HS384, A256CBC-HS512 (jamlib to jamlib, to joserfc, joserfc to jamlib):
  read, refused, refused: RSA1_5 RSA-OAEP RSA-OAEP-256 A128KW A192KW A256KW ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW
  refused, refused, refused: ECDH-ES A128GCMKW A256GCMKW" ]
