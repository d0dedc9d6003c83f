#!/bin/bash
# openvc-core 1.37.0 (PyPI): who holds an SD-JWT whose digests are SHA-512 makes a key binding that nobody takes, nor openvc itself.
#
# sd_hash in a key binding is made with the algorithm that the credential's own _sd_alg names, or with SHA-256 where it names
# none (RFC 9901 §4.3.1). create_presentation() makes it with the algorithm of the suite that was constructed, which is for
# what one issues oneself, and SHA-256 unless told otherwise. It does not look at _sd_alg; verify() does. A wallet has
# credentials of many issuers, so no setting is right for all of them.
#
# Seen with Python 3.11 (the holder's suite is as it comes unless said):
#   credential with sha-256: verified
#   credential with sha-384: sd_hash does not match
#   credential with sha-512: sd_hash does not match
#   credential with sha-512, holder told sha-512: verified
#   credential with sha-256, holder told sha-512: sd_hash does not match
#   credential with sha-512, bound by hand with _sd_alg: verified
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    openvc-core==1.37.0 joserfc==1.8.0 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import base64
import hashlib
import time

import joserfc.jwk
import joserfc.jwt
from openvc.errors import OpenvcError
from openvc.keys import P256SigningKey
from openvc.proof.sd_jwt import SdJwtVcProofSuite

ISSUER = P256SigningKey.generate("issuer")
MINE = joserfc.jwk.ECKey.generate_key("P-256")
HOLDER = P256SigningKey.from_jwk(MINE.as_dict(private=True), "holder")
ASKED = {"audience": "https://shop.example", "nonce": "n"}


def issued(algorithm):
    claims = {"iss": "https://school.example", "vct": "https://school.example/degree", "name": "Ada"}
    suite = SdJwtVcProofSuite(hash_name=algorithm)
    return suite.issue(claims, signing_key=ISSUER, disclosable=["name"], holder_jwk=HOLDER.public_jwk())


def by_hand(credential):
    digest = base64.urlsafe_b64encode(hashlib.sha512(credential.encode()).digest()).rstrip(b"=").decode()
    claims = {"aud": ASKED["audience"], "nonce": "n", "iat": int(time.time()), "sd_hash": digest}
    return credential + joserfc.jwt.encode({"alg": "ES256", "typ": "kb+jwt"}, claims, MINE)


def see(what, presentation):
    try:
        found = SdJwtVcProofSuite().verify(
            presentation, public_key_jwk=ISSUER.public_jwk(), require_key_binding=True, **ASKED
        )
        print(f"credential with {what}: {'verified' if found.key_bound else 'not bound'}")
    except OpenvcError as error:
        print(f"credential with {what}: {'sd_hash does not match' if 'sd_hash does not match' in str(error) else error}")


for algorithm in ("sha-256", "sha-384", "sha-512"):
    see(algorithm, SdJwtVcProofSuite().create_presentation(issued(algorithm), holder_key=HOLDER, **ASKED))
for algorithm in ("sha-512", "sha-256"):
    told = SdJwtVcProofSuite(hash_name="sha-512")
    see(f"{algorithm}, holder told sha-512", told.create_presentation(issued(algorithm), holder_key=HOLDER, **ASKED))
see("sha-512, bound by hand with _sd_alg", by_hand(issued("sha-512")))
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "credential with sha-256: verified
credential with sha-384: sd_hash does not match
credential with sha-512: sd_hash does not match
credential with sha-512, holder told sha-512: verified
credential with sha-256, holder told sha-512: sd_hash does not match
credential with sha-512, bound by hand with _sd_alg: verified" ]
