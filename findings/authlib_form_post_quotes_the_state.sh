#!/bin/bash
# Authlib 1.9.10 (PyPI), as a provider with response_mode=form_post: the client gets another state than it sent, and another scope.
#
# The answer is a form, and what a browser posts has to be what the parameters are; the values stand in attributes, as HTML
# (OAuth 2.0 Form Post Response Mode 1.0 §2). Authlib escapes them as in a URL. So a space, %, ", {, | and more arrive as %20, %25
# and so on, and the browser encodes these once more. state may have any printable ASCII character (RFC 6749 appendix A.5) and comes
# back exactly as it was sent (§4.2.2): a client that keeps JSON in it refuses every answer. The scope of each answer with more than
# one value is wrong, too. In the fragment all is well. If the user says no, state is missing, in either mode, where
# it is required (§4.2.2.1). And iss, which IssuerParameter adds so that the client knows who answered (RFC 9207 §2), always goes into
# the query of the address: not to the other parameters where these are in the fragment, and nowhere where they are in a form.
#
# Seen with Python 3.11 (response_type "id_token token"; the form is read by html.parser and posted as a browser does):
#   state af0ifjsldkj: fragment same, form_post same
#   state a b: fragment same, form_post a%20b
#   state 100%: fragment same, form_post 100%25
#   state {"to":"/orders"}: fragment same, form_post %7B%22to%22:%22/orders%22%7D
#   scope openid profile: fragment same, form_post openid%20profile
#   the user says no, state af0ifjsldkj: fragment None, form_post None
#   iss https://login.example: fragment None, form_post None
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    Authlib==1.9.10 joserfc==1.8.0 Flask==3.1.3 Werkzeug==3.1.9 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDImplicitGrant
from flask import Flask
from joserfc.jwk import RSAKey

KEY, CALLBACK, USER = RSAKey.generate_key(2048), "https://client.example/callback", SimpleNamespace(id="ada")
ISSUER, STATE = "https://login.example", "af0ifjsldkj"


class Client(ClientMixin):
    def get_client_id(self):
        return "client"

    def get_default_redirect_uri(self):
        return CALLBACK

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == CALLBACK

    def check_response_type(self, response_type):
        return True

    def check_endpoint_auth_method(self, method, endpoint):
        return True


class Implicit(OpenIDImplicitGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]

    def exists_nonce(self, nonce, request):
        return False

    def generate_user_info(self, user, scope):
        return UserInfo(sub=user.id)

    def resolve_client_private_key(self, client):
        return KEY

    def get_client_algorithm(self, client):
        return "RS256"

    def get_client_claims(self, client):
        return {"iss": ISSUER}


class Issuer(IssuerParameter):
    def get_issuer(self):
        return ISSUER


class Form(HTMLParser):
    """The hidden inputs of a form, as a browser sends them."""

    def __init__(self, page):
        super().__init__()
        self.inputs = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "input":
            self.inputs.append((dict(attrs)["name"], dict(attrs)["value"]))


app = Flask(__name__)
server = AuthorizationServer(app, query_client=lambda client_id: Client(), save_token=lambda token, request: None)
server.register_grant(Implicit)
server.register_extension(Issuer())


def answer(mode, state, scope="openid", user=USER):
    """What the client receives: the parameters of the fragment, or of the body that the form posts."""
    asked = {"client_id": "client", "response_type": "id_token token", "redirect_uri": CALLBACK, "nonce": "n"}
    query = urlencode(asked | {"scope": scope, "state": state, "response_mode": mode})
    with app.test_request_context(f"/authorize?{query}"):
        grant = server.get_consent_grant(end_user=user or USER)
        response = server.create_authorization_response(grant_user=user, grant=grant)
    page = response.get_data(as_text=True)
    posted = urlencode(Form(page).inputs) if mode == "form_post" else urlsplit(response.location).fragment
    return {name: values[0] for name, values in parse_qs(posted).items()}


def row(name, sent, **asked):
    found = {mode: answer(mode, **asked).get(name) for mode in ("fragment", "form_post")}
    return ", ".join(f"{mode} {'same' if value == sent else value}" for mode, value in found.items())


for state in (STATE, "a b", "100%", '{"to":"/orders"}'):
    print(f"state {state}: {row('state', state, state=state)}")
print(f"scope openid profile: {row('scope', 'openid profile', state=STATE, scope='openid profile')}")
print(f"the user says no, state {STATE}: {row('state', STATE, state=STATE, user=None)}")
print(f"iss {ISSUER}: {row('iss', ISSUER, state=STATE)}")
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py" 2> "$dir/errors") || { cat "$dir/errors"; exit 1; }
printf '%s\n' "$seen"
[ "$seen" = 'state af0ifjsldkj: fragment same, form_post same
state a b: fragment same, form_post a%20b
state 100%: fragment same, form_post 100%25
state {"to":"/orders"}: fragment same, form_post %7B%22to%22:%22/orders%22%7D
scope openid profile: fragment same, form_post openid%20profile
the user says no, state af0ifjsldkj: fragment None, form_post None
iss https://login.example: fragment None, form_post None' ]
