#!/bin/bash
# pymdoccbor 1.4.0 (PyPI) issues mdocs with ES384 and SHA-384, and with ES512 and SHA-512, and holds none of them for valid itself.
#
# The signed part of an mdoc names the hash of its elements: SHA-256, SHA-384 or SHA-512; and the issuer may sign on P-384 and
# P-521, too (ISO/IEC 18013-5 §9.1.2.4, §9.1.2.5). MsoIssuer keeps to that. MsoVerifier hashes each element with SHA-256 and does
# not look at the name, and it knows the length of a coordinate on P-256 alone, so for another curve it ends in a KeyError,
# which verify() logs. (Its pull request 6 brought the other two lengths; 1.4.0 has not got them.) openid4vci 1.0.0a1, which lets
# the issuer choose the hash with ES256, is a second issuer here; its mdocs with SHA-256 are read.
#
# Seen with Python 3.11:
#   pymdoccbor, P-256, SHA-256: valid
#   pymdoccbor, P-384, SHA-384: not valid, 'secp384r1'
#   pymdoccbor, P-521, SHA-512: not valid, 'secp521r1'
#   openid4vci, P-256, SHA-256: valid
#   openid4vci, P-256, SHA-384: not valid, hash mismatch
#   openid4vci, P-256, SHA-512: not valid, hash mismatch
#   the last one by hand: each element has the SHA-512 that was signed
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    pymdoccbor==1.4.0 pycose==1.1.0 cbor2==6.3.0 openid4vci==1.0.0a1 joserfc==1.8.0 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import asyncio
import base64
import hashlib
import logging
from datetime import datetime

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from openid4vci.adapters.mdoc import LocalCoseSigner, MdocAdapter
from pycose.keys import EC2Key
from pymdoccbor.mdoc.issuer import MdocCborIssuer
from pymdoccbor.mdoc.verifier import MdocCbor

KIND = "org.iso.18013.5.1.mDL"
ELEMENTS = {"org.iso.18013.5.1": {"family_name": "Lovelace", "given_name": "Ada"}}
CURVES = {"P-256": (ec.SECP256R1(), "ES256"), "P-384": (ec.SECP384R1(), "ES384"), "P-521": (ec.SECP521R1(), "ES512")}
HOLDER = ECKey.generate_key("P-256").as_dict(private=False)
logged = []
handler = logging.Handler(logging.ERROR)
handler.emit = lambda record: logged.append(record.getMessage())
logging.getLogger().addHandler(handler)


def issuer(curve):
    """A COSE key, and a certificate (DER) for it."""
    key, name = ec.generate_private_key(CURVES[curve][0]), x509.Name([])
    numbers, size = key.private_numbers(), (key.key_size + 7) // 8
    public = numbers.public_numbers
    x, y, d = (number.to_bytes(size, "big") for number in (public.x, public.y, numbers.private_value))
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    lasting = builder.not_valid_before(datetime(2026, 1, 1)).not_valid_after(datetime(2099, 1, 1))
    certificate = lasting.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    return EC2Key(crv=curve.replace("-", "_"), x=x, y=y, d=d, optional_params={"ALG": CURVES[curve][1]}), certificate


def by_pymdoccbor(curve):
    key, certificate = issuer(curve)
    made = MdocCborIssuer(private_key=key, alg=CURVES[curve][1])
    validity = {"issuance_date": "2026-01-01", "expiry_date": "2098-01-01"}
    made.new(doctype=KIND, data=ELEMENTS, validity=validity, x509_chain=[certificate])
    return made.dump()


def by_openid4vci(digest):
    key, certificate = issuer("P-256")
    adapter = MdocAdapter(KIND, LocalCoseSigner(key, [certificate]), digest_algorithm=digest)
    text = asyncio.run(adapter.issue(ELEMENTS, holder_key=HOLDER))
    signed = cbor2.loads(base64.urlsafe_b64decode(text + "=="))
    return cbor2.dumps({"version": "1.0", "documents": [{"docType": KIND, "issuerSigned": signed}], "status": 0})


def outcome(mdoc):
    logged.clear()
    found = MdocCbor()
    found.loads(mdoc)
    if found.verify():
        return "valid"
    reasons = [reason for reason in logged if "mismatch" in reason or "validation failed" in reason]
    return "not valid, " + ("hash mismatch" if "mismatch" in reasons[0] else reasons[0].rsplit(": ", 1)[1])


def hashes_by_hand(mdoc):
    [document] = cbor2.loads(mdoc)["documents"]
    signed = cbor2.loads(cbor2.loads(document["issuerSigned"]["issuerAuth"][2]).value)
    assert signed["digestAlgorithm"] == "SHA-512"
    for space, items in document["issuerSigned"]["nameSpaces"].items():
        for item in items:
            number = cbor2.loads(item.value)["digestID"]
            assert hashlib.sha512(cbor2.dumps(item)).digest() == signed["valueDigests"][space][number]
    return "each element has the SHA-512 that was signed"


for curve, digest in (("P-256", "SHA-256"), ("P-384", "SHA-384"), ("P-521", "SHA-512")):
    print(f"pymdoccbor, {curve}, {digest}: {outcome(by_pymdoccbor(curve))}")
for digest in ("SHA-256", "SHA-384", "SHA-512"):
    mdoc = by_openid4vci(digest)
    print(f"openid4vci, P-256, {digest}: {outcome(mdoc)}")
print(f"the last one by hand: {hashes_by_hand(mdoc)}")
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py" 2> "$dir/errors") || { cat "$dir/errors"; exit 1; }
printf '%s\n' "$seen"
[ "$seen" = "pymdoccbor, P-256, SHA-256: valid
pymdoccbor, P-384, SHA-384: not valid, 'secp384r1'
pymdoccbor, P-521, SHA-512: not valid, 'secp521r1'
openid4vci, P-256, SHA-256: valid
openid4vci, P-256, SHA-384: not valid, hash mismatch
openid4vci, P-256, SHA-512: not valid, hash mismatch
the last one by hand: each element has the SHA-512 that was signed" ]
