#!/bin/bash
# py-vapid 1.9.6 (PyPI) refuses a push token that has a space after the comma, and a contact page that has a path.
#
# VAPID is a JWT, t, and a key, k, in one header (RFC 8292 §3), as authentication parameters: spaces may stand on both sides of
# their comma, and a value may be quoted (RFC 9110 §11.2, §11.4, §5.6.1). py-vapid's verify cuts the header at its last space,
# and so refuses what web-push 3.6.7 (npm) sends. The claim sub is a contact, "mailto:" or "https:" (RFC 8292 §2.1); py-vapid's
# sign takes hosts alone for the second, no path and no port, and says that sub is missing. An aud is an origin
# (RFC 8292 §2), and one with an IPv6 address "is missing" in the same way. RFC 8292's own token (§2.4) is read.
#
# Seen with Python 3.11 and Node 20:
#   RFC 8292 2.4, ",k=": verified
#   RFC 8292 2.4, ", k=": Incorrect schema specified
#   web-push's header: Incorrect schema specified
#   web-push's header without the space: verified
#   sub mailto:ada@example.org: web-push signed, py-vapid signed
#   sub https://example.org: web-push signed, py-vapid signed
#   sub https://example.org/contact: web-push signed, py-vapid Missing 'sub' from claims.
#   sub https://example.org:8443: web-push signed, py-vapid Missing 'sub' from claims.
#   aud https://[2001:db8::1]: web-push signed, py-vapid Missing 'aud' from claims.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check py-vapid==1.9.6 cryptography==50.0.2
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" web-push@3.6.7
cat > "$dir/make.cjs" <<'JS'
const push = require("web-push");
const { publicKey, privateKey } = push.generateVAPIDKeys();
const [aud, sub] = process.argv.slice(2);
console.log(push.getVapidHeaders(aud, sub, publicKey, privateKey, "aes128gcm").Authorization);
JS
cat > "$dir/see.py" <<'PY'
import subprocess
import sys

from py_vapid import Vapid02, VapidException

TOKEN = (  # RFC 8292 §2.4
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0"
    "bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA"
)
KEY = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
SERVICE, CONTACT = "https://push.example", "mailto:ada@example.org"


def web_push(aud, sub):
    return subprocess.run(["node", sys.argv[1], aud, sub], capture_output=True, text=True, check=True).stdout.strip()


def verified(header):
    try:
        return "verified" if Vapid02.verify(header) else "not verified"
    except AssertionError as error:
        return str(error)


def signed(claims):
    vapid = Vapid02()
    vapid.generate_keys()
    try:
        vapid.sign(claims)
        return "signed"
    except VapidException as error:
        return f"{str(error).split('.')[0]}."


print(f'RFC 8292 2.4, ",k=": {verified(f"vapid t={TOKEN},k={KEY}")}')
print(f'RFC 8292 2.4, ", k=": {verified(f"vapid t={TOKEN}, k={KEY}")}')
header = web_push(SERVICE, CONTACT)
print(f"web-push's header: {verified(header)}")
print(f"web-push's header without the space: {verified(header.replace(', ', ','))}")
for sub in (CONTACT, "https://example.org", "https://example.org/contact", "https://example.org:8443"):
    assert verified(web_push(SERVICE, sub).replace(", ", ",")) == "verified"
    print(f"sub {sub}: web-push signed, py-vapid {signed({'aud': SERVICE, 'sub': sub})}")
aud = "https://[2001:db8::1]"
assert verified(web_push(aud, CONTACT).replace(", ", ",")) == "verified"
print(f"aud {aud}: web-push signed, py-vapid {signed({'aud': aud, 'sub': CONTACT})}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py" "$dir/make.cjs")
printf '%s\n' "$seen"
[ "$seen" = "RFC 8292 2.4, \",k=\": verified
RFC 8292 2.4, \", k=\": Incorrect schema specified
web-push's header: Incorrect schema specified
web-push's header without the space: verified
sub mailto:ada@example.org: web-push signed, py-vapid signed
sub https://example.org: web-push signed, py-vapid signed
sub https://example.org/contact: web-push signed, py-vapid Missing 'sub' from claims.
sub https://example.org:8443: web-push signed, py-vapid Missing 'sub' from claims.
aud https://[2001:db8::1]: web-push signed, py-vapid Missing 'aud' from claims." ]
