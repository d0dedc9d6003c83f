#!/bin/bash
# requests-oauth2client 1.8.0 (PyPI): a DPoP proof for a path with %40 or %3A in it is a proof for another URI.
#
# htu is the URI of the request without query and fragment (RFC 9449 §4.2). An escaped reserved character and a bare one are not
# the same URI (RFC 3986 §2.2), and normalization (§6.2.2.2, which RFC 9449 §4.3 asks of the server) unescapes unreserved
# characters alone. The library puts the URL through furl to cut the query off; furl unescapes what may stand bare in a path.
# requests sends the path as it was. So a user or a key that is named in the path by its address or URN is refused, and the
# rest of the same service works. pydpop 0.2.1 is the server here; its own proof for the same URI is taken.
#
# Seen with Python 3.11:
#   /users/ada: taken
#   /users/ada%2Flovelace: taken
#   /users/ada%40example.org: htu mismatch (htu has /users/ada@example.org)
#   /keys/urn%3Aexample%3A1: htu mismatch (htu has /keys/urn:example:1)
#   /users/ada%40example.org, pydpop's proof: taken
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    requests-oauth2client==1.8.0 furl==2.1.4 jwskate==0.12.2 requests==2.34.2 pydpop==0.2.1 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import requests
from jwskate import SignedJwt
from pydpop import DPoPError, generate_key, verify_proof
from pydpop.proof import generate_proof
from requests_oauth2client import DPoPKey, DPoPToken

TOKEN = DPoPToken(access_token="token", _dpop_key=DPoPKey.generate())
HOST = "https://api.example"


def outcome(proof, url):
    try:
        verify_proof(proof=proof, htm="GET", htu=url, access_token="token")
        return "taken"
    except DPoPError as error:
        return str(error)


for path in ("/users/ada", "/users/ada%2Flovelace", "/users/ada%40example.org", "/keys/urn%3Aexample%3A1"):
    sent = requests.Request("GET", HOST + path, auth=TOKEN).prepare()
    assert sent.url == HOST + path
    proof = sent.headers["DPoP"]
    said = SignedJwt(proof).claims["htu"].removeprefix(HOST)
    print(f"{path}: {outcome(proof, sent.url)}" + ("" if said == path else f" (htu has {said})"))
path = "/users/ada%40example.org"
proof = generate_proof(private_key=generate_key(), htm="GET", htu=HOST + path, access_token="token")
print(f"{path}, pydpop's proof: {outcome(proof, HOST + path)}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "/users/ada: taken
/users/ada%2Flovelace: taken
/users/ada%40example.org: htu mismatch (htu has /users/ada@example.org)
/keys/urn%3Aexample%3A1: htu mismatch (htu has /keys/urn:example:1)
/users/ada%40example.org, pydpop's proof: taken" ]
