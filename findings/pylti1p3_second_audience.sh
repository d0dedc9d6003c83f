#!/bin/sh
# PyLTI1p3 2.0.0 (PyPI): a launch is for us if we are the first in its list of audiences.
#
# An ID token's aud has to contain the tool's client id, alone or among others, in any order, and azp names the party that
# it was issued to (OpenID Connect Core §2, §3.1.3.7; LTI 1.3 takes it from there). With several clients for one platform the
# tool looks for the client that stands first in the list, so the same launch is taken in one order and refused in the other.
#
# Seen with Python 3.11:
#   tool -> launched by ada
#   ['tool', 'reports'] -> launched by ada
#   ['reports', 'tool'] -> client_id=reports not found
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check PyLTI1p3==2.0.0 pyjwt==2.15.1 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from pylti1p3.cookie import CookieService
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config import ToolConfDict

LMS, CLAIM = "https://lms.example", "https://purl.imsglobal.org/spec/lti/claim/"
KEY = rsa.generate_private_key(65537, 2048)
JWK = {**json.loads(RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "k", "alg": "RS256", "use": "sig"}


class Posted(Request):
    """A form that a browser posted."""

    def __init__(self, form):
        self.form, self.kept = form, {}

    session = property(lambda self: self.kept)

    def get_param(self, key):
        return self.form.get(key)

    def get_cookie(self, key):
        return None

    def is_secure(self):
        return True


class Cookies(CookieService):
    def get_cookie(self, name):
        return None

    def set_cookie(self, name, value, exp=None):
        pass


class Launch(MessageLaunch):
    """State and nonce belong to the login before the launch, which is left out here."""

    def _get_request_param(self, key):
        return self._request.get_param(key)

    def validate_state(self):
        return self

    def validate_nonce(self):
        return self


def client(name):
    return {
        "client_id": name,
        "auth_login_url": f"{LMS}/login",
        "auth_token_url": f"{LMS}/token",
        "key_set": {"keys": [JWK]},
        "deployment_ids": ["1"],
    }


def launched(aud):
    now = int(time.time())
    claims = {"iss": LMS, "aud": aud, "azp": "tool", "sub": "ada", "nonce": "n", "iat": now, "exp": now + 300}
    lti = {
        "message_type": "LtiResourceLinkRequest",
        "version": "1.3.0",
        "deployment_id": "1",
        "target_link_uri": "https://tool.example/",
        "resource_link": {"id": "r"},
        "roles": [],
    }
    claims |= {CLAIM + name: value for name, value in lti.items()}
    token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "k"})
    posted = Posted({"id_token": token, "state": "s"})
    known = ToolConfDict({LMS: [client("tool"), client("second-tool")]})
    return Launch(posted, known, SessionService(posted), Cookies()).validate().get_launch_data()["sub"]


for aud in ("tool", ["tool", "reports"], ["reports", "tool"]):
    try:
        print(aud, "-> launched by", launched(aud))
    except Exception as error:
        found = "client_id=reports" in str(error) and "not found" in str(error)
        print(aud, "-> client_id=reports not found" if found else f"-> {error}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "tool -> launched by ada
['tool', 'reports'] -> launched by ada
['reports', 'tool'] -> client_id=reports not found" ]
