#!/bin/bash
# jupyterhub-ltiauthenticator 1.6.3 (PyPI) requires of a deep linking request what every specification leaves optional, azp among it.
#
# azp is optional in an ID token with one audience (OpenID Connect Core §2), and the claims context, tool_platform and
# launch_presentation are optional in LTI messages (LTI 1.3 core §5.4). The validator has them so for a resource link. For
# LtiDeepLinkingRequest its table of required claims is made a second time, further down in the same file, out of the required
# and the optional ones. Students get in; the teacher who wants to choose what to link to, from an LMS that sends
# no azp, is told that it is missing.
#
# Seen with Python 3.11:
#   resource link, none of the optional claims: valid
#   deep linking, none of the optional claims: MissingRequiredArgumentError, context not in request
#   deep linking, all but azp: MissingRequiredArgumentError, azp not in request
#   deep linking, all and azp: valid
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    jupyterhub-ltiauthenticator==1.6.3 jupyterhub==6.1.1 pyjwt==2.15.1
cat > "$dir/see.py" <<'PY'
import time

from ltiauthenticator.lti13.validator import LTI13LaunchValidator

LTI, LINKING = "https://purl.imsglobal.org/spec/lti/claim/", "https://purl.imsglobal.org/spec/lti-dl/claim/"
NOW = int(time.time())
REQUIRED = {"iss": "https://lms.example", "aud": "hub", "sub": "ada", "nonce": "n", "iat": NOW, "exp": NOW + 300}
REQUIRED |= {LTI + "version": "1.3.0", LTI + "deployment_id": "1", LTI + "roles": []}
REQUIRED |= {LTI + "target_link_uri": "https://hub.example/"}
OPTIONAL = {LTI + "context": {"id": "course"}, LTI + "tool_platform": {"guid": "lms"}}
OPTIONAL |= {LTI + "launch_presentation": {"document_target": "iframe"}}
LINK = {LTI + "message_type": "LtiResourceLinkRequest", LTI + "resource_link": {"id": "r"}}
SETTINGS = {"accept_types": ["ltiResourceLink"], "accept_presentation_document_targets": ["iframe"]}
SETTINGS |= {"deep_link_return_url": "https://lms.example/chosen"}
DEEP = {LTI + "message_type": "LtiDeepLinkingRequest", LINKING + "deep_linking_settings": SETTINGS}

for name, claims in {
    "resource link, none of the optional claims": REQUIRED | LINK,
    "deep linking, none of the optional claims": REQUIRED | DEEP,
    "deep linking, all but azp": REQUIRED | DEEP | OPTIONAL,
    "deep linking, all and azp": REQUIRED | DEEP | OPTIONAL | {"azp": "hub"},
}.items():
    try:
        LTI13LaunchValidator().validate_id_token(claims)
        print(f"{name}: valid")
    except Exception as error:
        print(f"{name}: {type(error).__name__}, {str(error).split(' arg ')[-1].removeprefix(LTI)}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "resource link, none of the optional claims: valid
deep linking, none of the optional claims: MissingRequiredArgumentError, context not in request
deep linking, all but azp: MissingRequiredArgumentError, azp not in request
deep linking, all and azp: valid" ]
