#!/bin/bash
# pymdoccbor 1.4.0 (PyPI) writes a holder's key that it was given in PEM as a COSE_Key that is none, or that of another curve.
#
# A coordinate is as long as the curve's field, and leading zero octets stay (RFC 9053 §7.1.1). The package counts the bits of each
# coordinate, so one P-256 key in 128 comes out an octet short, and three P-521 keys in four. (For P-256 that is issue 149 of
# eudi-srv-web-issuing-eudiw-py, which uses it.) Ed25519 is curve 6 (RFC 9053 §7.1, table 18), and a text that is not registered is
# no curve. Curve 8 is secp256k1 (RFC 8812 §3.1); brainpoolP256r1 has 256 in IANA's registry. The same key given as a dict of COSE
# members is written as it is. cwt 3.3.0 reads here.
#
# Seen with Python 3.11 (379 is the first private key whose x begins with a zero octet):
#   P-256: crv 1, x has 32 octets, y 32: read
#   P-256, x begins with 0: crv 1, x has 31 octets, y 32: Coords should be 32 bytes for crv P-256.
#   P-521: crv 3, x has 65 octets, y 66: Coords should be 66 bytes for crv P-521.
#   Ed25519: crv 'Ed25519', x has 32 octets: crv(-1) should be int.
#   brainpoolP256r1: crv 8, x has 32 octets, y 32: Invalid EC key. Point is not on the curve specified.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    pymdoccbor==1.4.0 pycose==1.1.0 cwt==3.3.0 cbor2==5.9.0 pyhpke==0.6.5 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import base64
from datetime import datetime

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSEKey
from pycose.keys import EC2Key
from pymdoccbor.mdoc.issuer import MdocCborIssuer

KIND, CRV, X, Y = "org.iso.18013.5.1.mDL", -1, -2, -3
# The issuer's certificate does not matter for what is written about the holder's key.
SIGNS, NAME = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
BUILDER = x509.CertificateBuilder(NAME, NAME, SIGNS.public_key(), 1, datetime(2026, 1, 1), datetime(2099, 1, 1))
CERTIFICATE = BUILDER.sign(SIGNS, hashes.SHA256()).public_bytes(Encoding.DER)
ISSUER = EC2Key.generate_key("P_256", optional_params={"ALG": "ES256"})
HOLDERS = {
    "P-256": ec.derive_private_key(1, ec.SECP256R1()),
    "P-256, x begins with 0": ec.derive_private_key(379, ec.SECP256R1()),
    "P-521": ec.derive_private_key(5, ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    "brainpoolP256r1": ec.derive_private_key(1, ec.BrainpoolP256R1()),
}


def written(holder):
    """The holder's key as it stands in the signed part of the mdoc."""
    pem = holder.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    made = MdocCborIssuer(private_key=ISSUER, alg="ES256").new(
        doctype=KIND,
        data={"org.iso.18013.5.1": {"family_name": "Lovelace"}},
        devicekeyinfo=base64.urlsafe_b64encode(pem).decode(),
        validity={"issuance_date": "2026-01-01", "expiry_date": "2098-01-01"},
        x509_chain=[CERTIFICATE],
    )
    signed = made["documents"][0]["issuerSigned"]["issuerAuth"][2]
    return cbor2.loads(cbor2.loads(signed).value)["deviceKeyInfo"]["deviceKey"]


def outcome(key):
    try:
        COSEKey.new(dict(key))
        return "read"
    except ValueError as error:
        return str(error)


for name, holder in HOLDERS.items():
    key = written(holder)
    lengths = f"x has {len(key[X])} octets" + (f", y {len(key[Y])}" if Y in key else "")
    print(f"{name}: crv {key[CRV]!r}, {lengths}: {outcome(key)}")
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py" 2> "$dir/errors") || { cat "$dir/errors"; exit 1; }
printf '%s\n' "$seen"
[ "$seen" = "P-256: crv 1, x has 32 octets, y 32: read
P-256, x begins with 0: crv 1, x has 31 octets, y 32: Coords should be 32 bytes for crv P-256.
P-521: crv 3, x has 65 octets, y 66: Coords should be 66 bytes for crv P-521.
Ed25519: crv 'Ed25519', x has 32 octets: crv(-1) should be int.
brainpoolP256r1: crv 8, x has 32 octets, y 32: Invalid EC key. Point is not on the curve specified." ]
