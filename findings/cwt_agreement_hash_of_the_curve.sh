#!/bin/bash
# cwt 3.3.0 (PyPI) makes an agreed key with the hash of the curve, not of the algorithm, and without the salt that it sends along.
#
# ECDH-ES+HKDF-256 is HKDF with SHA-256 and ECDH-ES+HKDF-512 with SHA-512, on any curve (RFC 9053 §6.3.1, table 14). With elliptic
# curves cwt takes the hash by which it would sign: SHA-256 with P-256, SHA-384 with P-384, SHA-512 with P-521, whatever the
# algorithm says. So it agrees with others in two of six cases, and with itself in all. (With X25519 it follows the algorithm.) A
# salt in the header goes into the key (RFC 9053 §5.1, table 9). For ECDH-SS cwt makes one up, sends it, and leaves it out of the
# key. pycose 1.1.0 reads here, and the last lines open the message by hand.
#
# Seen with Python 3.11 (cwt encrypts, A128GCM):
#   ECDH-ES+HKDF-256, P-256: cwt read, pycose read
#   ECDH-ES+HKDF-256, P-384: cwt read, pycose InvalidTag
#   ECDH-ES+HKDF-256, P-521: cwt read, pycose InvalidTag
#   ECDH-ES+HKDF-512, P-256: cwt read, pycose InvalidTag
#   ECDH-ES+HKDF-512, P-384: cwt read, pycose InvalidTag
#   ECDH-ES+HKDF-512, P-521: cwt read, pycose read
#   ECDH-SS+HKDF-256, P-256, by hand: with the salt InvalidTag, without it read
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    cwt==3.3.0 pycose==1.1.0 cbor2==5.9.0 pyhpke==0.6.5 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cwt import COSE, COSEKey, Recipient
from pycose.keys import EC2Key
from pycose.messages import CoseMessage

CURVES = {"P-256": (1, ec.SECP256R1()), "P-384": (2, ec.SECP384R1()), "P-521": (3, ec.SECP521R1())}
ALGS = {"ECDH-ES+HKDF-256": -25, "ECDH-ES+HKDF-512": -26, "ECDH-SS+HKDF-256": -27}
TEXT, CONTEXT, SALT, NONCE = b"hello", {"alg": "A128GCM"}, -20, 5


def members(key, curve, alg):
    """A COSE_Key with kty, kid, alg, crv, x, y and d."""
    public, size = key.public_key().public_numbers(), (key.key_size + 7) // 8
    numbers = (public.x, public.y, key.private_numbers().private_value)
    x, y, d = (number.to_bytes(size, "big") for number in numbers)
    return {1: 2, 2: b"ada", 3: ALGS[alg], -1: CURVES[curve][0], -2: x, -3: y, -4: d}


def encrypted(alg, receiver, sender=None):
    public = COSEKey.new({name: value for name, value in receiver.items() if name != -4})
    keys = {"recipient_key": public} | ({"sender_key": COSEKey.new(sender)} if sender else {})
    to = Recipient.new(protected={"alg": alg}, unprotected={"kid": "ada"}, context=CONTEXT, **keys)
    return COSE.new().encode(TEXT, None, protected={"alg": "A128GCM"}, recipients=[to])


def pycose_reads(message, receiver):
    found = CoseMessage.decode(message)
    found.recipients[0].key = EC2Key.from_dict({name: receiver[name] for name in (1, -1, -2, -3, -4)} | {4: [7]})
    return found.decrypt(found.recipients[0])


def by_hand(message, secret, salted):
    protected, header, content, [(inner, unprotected, _)] = cbor2.loads(message).value
    info = cbor2.dumps([1, [None] * 3, [None] * 3, [128, inner]])
    key = HKDF(hashes.SHA256(), 16, unprotected[SALT] if salted else None, info).derive(secret)
    return AESGCM(key).decrypt(header[NONCE], content, cbor2.dumps(["Encrypt", protected, b""]))


def outcome(read, *given):
    try:
        return "read" if read(*given) == TEXT else "something else"
    except Exception as error:
        return type(error).__name__


for alg in ("ECDH-ES+HKDF-256", "ECDH-ES+HKDF-512"):
    for curve in CURVES:
        mine = members(ec.generate_private_key(CURVES[curve][1]), curve, alg)
        message = encrypted(alg, mine)
        own = outcome(lambda: COSE.new().decode(message, COSEKey.new(mine), context=CONTEXT))
        print(f"{alg}, {curve}: cwt {own}, pycose {outcome(pycose_reads, message, mine)}")
alg, curve = "ECDH-SS+HKDF-256", "P-256"
ours, theirs = (ec.generate_private_key(CURVES[curve][1]) for _ in range(2))
message = encrypted(alg, members(ours, curve, alg), members(theirs, curve, alg))
secret = ours.exchange(ec.ECDH(), theirs.public_key())
with_it, without = (outcome(by_hand, message, secret, salted) for salted in (True, False))
print(f"{alg}, {curve}, by hand: with the salt {with_it}, without it {without}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py" 2> "$dir/errors") || { cat "$dir/errors"; exit 1; }
printf '%s\n' "$seen"
[ "$seen" = "ECDH-ES+HKDF-256, P-256: cwt read, pycose read
ECDH-ES+HKDF-256, P-384: cwt read, pycose InvalidTag
ECDH-ES+HKDF-256, P-521: cwt read, pycose InvalidTag
ECDH-ES+HKDF-512, P-256: cwt read, pycose InvalidTag
ECDH-ES+HKDF-512, P-384: cwt read, pycose InvalidTag
ECDH-ES+HKDF-512, P-521: cwt read, pycose read
ECDH-SS+HKDF-256, P-256, by hand: with the salt InvalidTag, without it read" ]
