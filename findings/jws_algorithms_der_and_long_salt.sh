#!/bin/bash
# jws-algorithms 1.3.0 (PyPI) signs ES256 in DER, and PS256 with as much salt as the key has room for.
#
# A JWS's ECDSA signature is r and s, each as long as the curve's numbers, one behind the other (RFC 7518 §3.4); jws-algorithms
# signs and verifies the DER form, in which X.509 has it, and says False to RFC 7515's own ES256 (A.3). The salt of PS256, PS384
# and PS512 is as long as the hash, 32, 48 and 64 bytes (§3.5); jws-algorithms takes the longest, 222, 206 and 190 bytes with a
# key of 2048 bits. So others refuse what it signs with six of its ten algorithms for key pairs, and it what they sign with
# three. RS* and EdDSA are as in the RFCs, and so are the JWKs that it writes: joserfc 1.8.0 signs and verifies with them here.
#
# Seen with Python 3.11:
#   RFC 7515 A.3: False
#   RS256, RS384, RS512: joserfc read, jws-algorithms True
#   ES256, ES384, ES512: joserfc BadSignatureError, jws-algorithms False
#   PS256, PS384, PS512: joserfc BadSignatureError, jws-algorithms True
#   EdDSA: joserfc read, jws-algorithms True
#   r and s out of the DER of ES256, ES384, ES512: joserfc read
#   salt in PS256, PS384, PS512: 222, 206, 190 bytes
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check jws-algorithms==1.3.0 joserfc==1.8.0 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import base64
import warnings

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jwk, jws
from joserfc.errors import JoseError
from jws_algorithms import AsymmetricAlgorithm

warnings.simplefilter("ignore")  # joserfc on the name EdDSA
A3_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
A3 = (
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEh"
    "U3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)
KINDS = [["RS256", "RS384", "RS512"], ["ES256", "ES384", "ES512"], ["PS256", "PS384", "PS512"], ["EdDSA"]]
PAIRS = {name: AsymmetricAlgorithm[name].generate_keypair() for kind in KINDS for name in kind}


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def key_of(name):
    """jws-algorithms' private key, by way of the JWK that it writes, in joserfc."""
    return jwk.import_key(AsymmetricAlgorithm[name].to_jwk(PAIRS[name][1], include_private=True))


def signed(name):
    """What jws-algorithms signs, and its signature."""
    message = f'{b64u(f"""{{"alg":"{name}"}}""".encode())}.{b64u(b"hello")}'
    return message, AsymmetricAlgorithm[name].sign(PAIRS[name][1], message)


def joserfc_reads(name, message, signature):
    try:
        return "read" if jws.deserialize_compact(f"{message}.{b64u(signature)}", key_of(name), [name]).payload == b"hello" else "?"
    except JoseError as error:
        return type(error).__name__


def jws_algorithms_reads(name):
    message, signature = jws.serialize_compact({"alg": name}, b"hello", key_of(name), [name]).rsplit(".", 1)
    return AsymmetricAlgorithm[name].verify(PAIRS[name][0], message, unb64u(signature))


def r_and_s(name, message, signature):
    size = (PAIRS[name][0].key_size + 7) // 8
    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(signature))


def salt(name, message, signature):
    """The length of salt with which the signature verifies."""
    kind = getattr(hashes, f"SHA{name[2:]}")()
    longest = 256 - kind.digest_size - 2
    PAIRS[name][0].verify(signature, message.encode(), padding.PSS(padding.MGF1(kind), longest), kind)
    return longest


message, signature = A3.rsplit(".", 1)
print("RFC 7515 A.3:", AsymmetricAlgorithm.ES256.verify(jwk.import_key(A3_KEY).as_pem(), message, unb64u(signature)))
for kind in KINDS:
    theirs, ours = {joserfc_reads(name, *signed(name)) for name in kind}, {jws_algorithms_reads(name) for name in kind}
    print(f"{', '.join(kind)}: joserfc {', '.join(theirs)}, jws-algorithms {', '.join(map(str, ours))}")
found = set()
for name in KINDS[1]:
    message, signature = signed(name)
    found.add(joserfc_reads(name, message, r_and_s(name, message, signature)))
print(f"r and s out of the DER of {', '.join(KINDS[1])}: joserfc {', '.join(found)}")
print(f"salt in {', '.join(KINDS[2])}: {', '.join(str(salt(name, *signed(name))) for name in KINDS[2])} bytes")
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "RFC 7515 A.3: False
RS256, RS384, RS512: joserfc read, jws-algorithms True
ES256, ES384, ES512: joserfc BadSignatureError, jws-algorithms False
PS256, PS384, PS512: joserfc BadSignatureError, jws-algorithms True
EdDSA: joserfc read, jws-algorithms True
r and s out of the DER of ES256, ES384, ES512: joserfc read
salt in PS256, PS384, PS512: 222, 206, 190 bytes" ]
