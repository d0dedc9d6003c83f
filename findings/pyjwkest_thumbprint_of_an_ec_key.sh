#!/bin/sh
# pyjwkest 1.4.4 (PyPI) computes a thumbprint of an EC key that nobody else computes.
#
# RFC 7638 §3.2: the members that count for an EC key are crv, kty, x and y. The package's list for EC keys has "key" where
# "kty" should be, and leaves out what is not there. For RSA keys its list is right. The EC key here is that of RFC 7515 A.3.
#
# Seen with Python 3.11:
#   RSA: as joserfc and jwcrypto
#   EC: jwkest VBErQBRgvTe98ExyoTCnKCZ69u8khiGjc5qlpt4_W4Y
#   EC: joserfc oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U
#   EC: jwcrypto oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    pyjwkest==1.4.4 joserfc==1.8.0 jwcrypto==1.6.1 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import base64

import joserfc.jwk
import jwcrypto.jwk
from jwkest.jwk import ECKey, RSAKey

EC = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}


def all_three(theirs, jwk):
    jwkest = base64.urlsafe_b64encode(theirs(**jwk).thumbprint("SHA-256")).decode().rstrip("=")
    return {
        "jwkest": jwkest,
        "joserfc": joserfc.jwk.import_key(jwk).thumbprint(),
        "jwcrypto": jwcrypto.jwk.JWK(**jwk).thumbprint(),
    }


rsa = jwcrypto.jwk.JWK.generate(kty="RSA", size=2048).export_public(as_dict=True)
same = all_three(RSAKey, {name: rsa[name] for name in ("kty", "n", "e")})
print("RSA: as joserfc and jwcrypto" if len(set(same.values())) == 1 else f"RSA: {same}")
for name, thumbprint in all_three(ECKey, EC).items():
    print(f"EC: {name} {thumbprint}")
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "RSA: as joserfc and jwcrypto
EC: jwkest VBErQBRgvTe98ExyoTCnKCZ69u8khiGjc5qlpt4_W4Y
EC: joserfc oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U
EC: jwcrypto oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U" ]
