#!/bin/bash
# joserfc 1.8.0 (PyPI) decrypts JWE in JSON only if the sender writes JSON as Python does without spaces.
#
# The content is authenticated together with the protected header in base64url (RFC 7516 §5.2, steps 14 and 15), which is the very
# text in "protected" (§7.2.1). For the compact form joserfc takes it from the token. For both JSON forms it encodes
# the header that it has parsed once more, so one space after a colon, and the tag is another. Nor does it expect "protected" to
# be absent, as it has to be when nothing is protected (§7.2.1). jwcrypto reads all of them, as does jose 6.2.18 (npm).
#
# Seen with Python 3.11 (jwcrypto encrypts, A128KW, A128GCM):
#   compact, {"alg":"A128KW","enc":"A128GCM"}: jwcrypto read, joserfc read
#   compact, {"alg": "A128KW", "enc": "A128GCM"}: jwcrypto read, joserfc read
#   flattened, {"alg":"A128KW","enc":"A128GCM"}: jwcrypto read, joserfc read
#   flattened, {"alg": "A128KW", "enc": "A128GCM"}: jwcrypto read, joserfc DecodeError
#   general, {"enc":"A128GCM"}: jwcrypto read, joserfc read
#   general, {"enc": "A128GCM"}: jwcrypto read, joserfc DecodeError
#   flattened, nothing: jwcrypto read, joserfc KeyError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check joserfc==1.8.0 jwcrypto==1.6.1 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import json

import joserfc.jwe
import joserfc.jwk
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

WRAPPED, CONTENT, TEXT = {"alg": "A128KW"}, {"enc": "A128GCM"}, b"hello"
KEYS = [JWK.generate(kty="oct", size=128, kid=kid) for kid in ("ada", "bob")]
TIGHT, WIDE = (",", ":"), (", ", ": ")


def made(form, protected):
    general = form == "general"
    unprotected = None if protected else json.dumps(WRAPPED | CONTENT)
    token = JWE(TEXT, protected=protected, unprotected=unprotected)
    for key in KEYS if general else KEYS[:1]:
        token.add_recipient(key, header=json.dumps(WRAPPED | {"kid": key["kid"]}) if general else None)
    return token.serialize(compact=form == "compact")


def jwcrypto_reads(token):
    found = JWE()
    found.deserialize(token, KEYS[0])
    return found.payload


def joserfc_reads(token):
    key = joserfc.jwk.import_key(KEYS[0].export(as_dict=True))
    if not token.startswith("{"):
        return joserfc.jwe.decrypt_compact(token, key).plaintext
    registry = joserfc.jwe.JWERegistry(verify_all_recipients=False)
    return joserfc.jwe.decrypt_json(json.loads(token), key, registry=registry).plaintext


def outcome(read, token):
    try:
        return "read" if read(token) == TEXT else "something else"
    except Exception as error:
        return type(error).__name__


cases = [(form, WRAPPED | CONTENT, spaces) for form in ("compact", "flattened") for spaces in (TIGHT, WIDE)]
cases += [("general", CONTENT, spaces) for spaces in (TIGHT, WIDE)] + [("flattened", None, TIGHT)]
for form, header, spaces in cases:
    protected = json.dumps(header, separators=spaces) if header else None
    token = made(form, protected)
    print(f"{form}, {protected or 'nothing'}: jwcrypto {outcome(jwcrypto_reads, token)}, joserfc {outcome(joserfc_reads, token)}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = 'compact, {"alg":"A128KW","enc":"A128GCM"}: jwcrypto read, joserfc read
compact, {"alg": "A128KW", "enc": "A128GCM"}: jwcrypto read, joserfc read
flattened, {"alg":"A128KW","enc":"A128GCM"}: jwcrypto read, joserfc read
flattened, {"alg": "A128KW", "enc": "A128GCM"}: jwcrypto read, joserfc DecodeError
general, {"enc":"A128GCM"}: jwcrypto read, joserfc read
general, {"enc": "A128GCM"}: jwcrypto read, joserfc DecodeError
flattened, nothing: jwcrypto read, joserfc KeyError' ]
