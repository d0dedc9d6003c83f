#!/bin/bash
# sd-jwt 0.10.4 (PyPI, the reference implementation) can't verify the key binding that its own holder signed with Ed25519.
#
# A Key Binding JWT may be signed with any algorithm but none (RFC 9901 §4.3). SDJWTHolder takes sign_alg and signs with EdDSA or
# ES384. SDJWTVerifier, given the audience and nonce, verifies this one signature with ES256 whatever the holder's key in
# cnf is, and has no argument to say otherwise. The issuer's signature is read with any algorithm.
#
# Seen with Python 3.11:
#   issuer ES256, holder ES256: verified
#   issuer EdDSA, holder ES256: verified
#   issuer ES256, holder ES384: InvalidJWSSignature
#   issuer ES256, holder EdDSA: InvalidJWSSignature
#   issuer ES256, holder EdDSA, verified by hand: joserfc says good
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    sd-jwt==0.10.4 jwcrypto==1.6.1 joserfc==1.8.0 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import joserfc.jwk
import joserfc.jws
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

KINDS = {
    "ES256": {"kty": "EC", "crv": "P-256"},
    "ES384": {"kty": "EC", "crv": "P-384"},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
}
for issuer, holder in (("ES256", "ES256"), ("EdDSA", "ES256"), ("ES256", "ES384"), ("ES256", "EdDSA")):
    issuing, holding = JWK.generate(**KINDS[issuer]), JWK.generate(**KINDS[holder])
    issued = SDJWTIssuer({SDObj("name"): "Ada"}, issuing, holding, sign_alg=issuer).sd_jwt_issuance
    wallet = SDJWTHolder(issued)
    wallet.create_presentation({"name": True}, "nonce", "shop", holding, sign_alg=holder)
    try:
        found = SDJWTVerifier(wallet.sd_jwt_presentation, lambda iss, header: issuing, "shop", "nonce")
        assert found.get_verified_payload()["name"] == "Ada"
        print(f"issuer {issuer}, holder {holder}: verified")
    except Exception as error:
        print(f"issuer {issuer}, holder {holder}: {type(error).__name__}")
bound = wallet.sd_jwt_presentation.rsplit("~", 1)[1]
joserfc.jws.deserialize_compact(bound, joserfc.jwk.OKPKey.import_key(holding.export_public(as_dict=True)), algorithms=["EdDSA"])
print(f"issuer {issuer}, holder {holder}, verified by hand: joserfc says good")
PY
seen=$("$dir/env/bin/python" "$dir/see.py" 2> "$dir/errors") || { cat "$dir/errors"; exit 1; }
printf '%s\n' "$seen"
[ "$seen" = "issuer ES256, holder ES256: verified
issuer EdDSA, holder ES256: verified
issuer ES256, holder ES384: InvalidJWSSignature
issuer ES256, holder EdDSA: InvalidJWSSignature
issuer ES256, holder EdDSA, verified by hand: joserfc says good" ]
