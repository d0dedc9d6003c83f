#!/bin/bash
# PyLTI1p3 2.0.0 and its fork pylti1p3next 2.0.2 (PyPI) lose the members of a course, and its line items, that are on the second page.
#
# A platform that answers with one page names the next one in the header Link (LTI Names and Roles 2.0 and Assignment and Grade
# Services 2.0, where limit is explained). The value of rel may be a token or a quoted string and hold several types, and
# other parameters may stand before it (RFC 8288 §3, §3.3). Both libraries look for rel="next", quoted, alone, right behind the
# address. Otherwise the course is smaller, and nothing says so. requests, by which they fetch the page, has the header
# parsed already (links). PyLTI1p3 also takes the address out of the header in lower case; of a URI only scheme and host are the
# same then (RFC 3986 §6.2.2.1). (That is pull request 139 of its repository; the fork has it.)
#
# Seen with Python 3.11 (two pages, a member on each):
#   <https://lms.example/members?page=2>; rel="next": PyLTI1p3 2 of 2, pylti1p3next 2 of 2
#   <https://lms.example/members?page=2>; rel=next: PyLTI1p3 1 of 2, pylti1p3next 1 of 2
#   <https://lms.example/members?page=2>; title="more"; rel="next": PyLTI1p3 1 of 2, pylti1p3next 1 of 2
#   <https://lms.example/members?page=2>; rel="next last": PyLTI1p3 1 of 2, pylti1p3next 1 of 2
#   <https://lms.example/members?page=WyJi>; rel="next": PyLTI1p3 404 for page=wyji, pylti1p3next 2 of 2
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for package in PyLTI1p3==2.0.0 pylti1p3next==2.0.2; do
    python3 -m venv "$dir/${package%==*}"
    "$dir/${package%==*}/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
        "$package" pyjwt==2.15.1 requests==2.34.2 cryptography==50.0.2
done
cat > "$dir/see.py" <<'PY'
import io
import json
import sys
from urllib.parse import parse_qs, urlsplit

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pylti1p3.exception import LtiServiceException
from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

LMS = "https://lms.example"
KEY = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


class Platform(requests.adapters.BaseAdapter):
    """An LMS with two pages of members, without a network."""

    def __init__(self, link):
        super().__init__()
        self.link = link

    def send(self, request, **kwargs):
        answer = requests.Response()
        answer.request, answer.url, answer.status_code = request, request.url, 200
        page = parse_qs(urlsplit(request.url).query).get("page", ["1"])[0]
        if request.method == "POST":
            said = {"access_token": "token", "token_type": "Bearer", "expires_in": 3600}
        elif page == "1":
            said = {"id": request.url, "members": [{"user_id": "ada", "roles": []}]}
            answer.headers["Link"] = self.link
            assert set(answer.links) & {"next", "next last"}, "requests does not read it"
        elif f"page={page}>" in self.link:
            said = {"id": request.url, "members": [{"user_id": "bob", "roles": []}]}
        else:
            said, answer.status_code, answer.reason = {}, 404, f"404 for page={page}"
        answer.raw = io.BytesIO(json.dumps(said).encode())
        return answer

    def close(self):
        pass


class Connector(ServiceConnector):
    """The fork leaves it to the web framework to keep access tokens; here none are kept."""

    def _get_cached_access_token(self, scope_key):
        return None

    def _cache_access_token(self, scope_key, access_token, expires_in):
        pass


def members(link):
    session = requests.Session()
    session.mount(LMS, Platform(link))
    tool = Registration().set_client_id("tool").set_auth_token_url(f"{LMS}/token").set_tool_private_key(KEY.decode())
    service = NamesRolesProvisioningService(
        Connector(tool, session), {"context_memberships_url": f"{LMS}/members"}
    )
    try:
        return f"{len(service.get_members())} of 2"
    except LtiServiceException as error:
        return error.response.reason


print(members(sys.argv[1]))
PY
seen=$(for link in '?page=2>; rel="next"' '?page=2>; rel=next' '?page=2>; title="more"; rel="next"' \
    '?page=2>; rel="next last"' '?page=WyJi>; rel="next"'; do
    link="<https://lms.example/members$link"
    first=$("$dir/PyLTI1p3/bin/python" "$dir/see.py" "$link")
    second=$("$dir/pylti1p3next/bin/python" "$dir/see.py" "$link")
    printf '%s\n' "$link: PyLTI1p3 $first, pylti1p3next $second"
done)
printf '%s\n' "$seen"
[ "$seen" = '<https://lms.example/members?page=2>; rel="next": PyLTI1p3 2 of 2, pylti1p3next 2 of 2
<https://lms.example/members?page=2>; rel=next: PyLTI1p3 1 of 2, pylti1p3next 1 of 2
<https://lms.example/members?page=2>; title="more"; rel="next": PyLTI1p3 1 of 2, pylti1p3next 1 of 2
<https://lms.example/members?page=2>; rel="next last": PyLTI1p3 1 of 2, pylti1p3next 1 of 2
<https://lms.example/members?page=WyJi>; rel="next": PyLTI1p3 404 for page=wyji, pylti1p3next 2 of 2' ]
