#!/bin/bash
# oauthlib 4.0.1 (PyPI), as a provider: response_type "id_token code" is answered as if it were "code", and without a word.
#
# The order of the values does not matter: "a b" is the same as "b a" (RFC 6749 §3.1.1). A comment above the package's table of
# types promises the same. The table has each combination in one order, and what is not in it goes to the grant for code. That
# refuses "token id_token", and answers each other order that has code in it with a code alone, in the query, where the client waits
# for the rest in the fragment (OpenID Connect Core §3.3.2.5). That the provider allows the order (validate_response_type), as
# here, does not help.
#
# Seen with Python 3.11:
#   code id_token: code, id_token, state in the fragment
#   id_token code: code, state in the query
#   code token: access_token, code, expires_in, scope, state, token_type in the fragment
#   token code: code, state in the query
#   id_token token: access_token, expires_in, id_token, scope, state, token_type in the fragment
#   token id_token: error, state in the query, unsupported_response_type
#   code id_token token: access_token, code, expires_in, id_token, scope, state, token_type in the fragment
#   code token id_token: code, state in the query
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check oauthlib==4.0.1 PyJWT==2.15.1 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

from oauthlib.openid import RequestValidator, Server


class Provider(RequestValidator):
    """A provider that knows the client, and allows whatever it asks for."""

    def validate_client_id(self, client_id, request, *args, **kwargs):
        request.client = SimpleNamespace(client_id=client_id)
        return True

    def allow(self, *args, **kwargs):
        return True

    validate_redirect_uri = validate_response_type = validate_scopes = validate_user_match = allow

    def nothing(self, *args, **kwargs):
        return None

    save_authorization_code = save_bearer_token = is_pkce_required = get_code_challenge = nothing

    def get_id_token(self, *args, **kwargs):
        return "an ID token"


ASKED = {"client_id": "client", "redirect_uri": "https://client.example/callback", "nonce": "n", "state": "s"}
ORDERS = ("code id_token", "id_token code", "code token", "token code", "id_token token", "token id_token")
for order in (*ORDERS, "code id_token token", "code token id_token"):
    address = "https://login.example/authorize?" + urlencode(ASKED | {"response_type": order, "scope": "openid"})
    headers, _, _ = Server(Provider()).create_authorization_response(address, scopes=["openid"])
    answer = urlsplit(headers["Location"])
    where = "fragment" if answer.fragment else "query"
    found = parse_qs(answer.fragment or answer.query)
    print(f"{order}: {', '.join(sorted(found))} in the {where}" + "".join(f", {error}" for error in found.get("error", [])))
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py" 2> "$dir/errors") || { cat "$dir/errors"; exit 1; }
printf '%s\n' "$seen"
[ "$seen" = "code id_token: code, id_token, state in the fragment
id_token code: code, state in the query
code token: access_token, code, expires_in, scope, state, token_type in the fragment
token code: code, state in the query
id_token token: access_token, expires_in, id_token, scope, state, token_type in the fragment
token id_token: error, state in the query, unsupported_response_type
code id_token token: access_token, code, expires_in, id_token, scope, state, token_type in the fragment
code token id_token: code, state in the query" ]
