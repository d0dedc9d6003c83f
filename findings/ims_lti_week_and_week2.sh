#!/bin/sh
# ims-lti 3.0.2 (npm) refuses a launch that has the parameters custom_week and custom_week2.
#
# A teacher may give a link parameters with names in small letters, digits and underscores; the platform sends them with custom_ before
# them and signs the launch by OAuth 1.0 (LTI 1.1, Implementation Guide). For the signature parameters are sorted by their
# names, and by their values only where names are the same (RFC 5849 §3.4.1.3.2). The package sorts what it has joined, name=value,
# and there a digit comes before "=". oauth-sign 0.9.0 comes to the signature of oauthlib 3.3.1, which signs here.
#
# Seen with Python 3.11 and Node 20:
#   custom_week: oauth-sign agrees, ims-lti reads
#   custom_week, custom_week_2: oauth-sign agrees, ims-lti reads
#   custom_week, custom_week2: oauth-sign agrees, ims-lti refuses: Invalid Signature
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check oauthlib==3.3.1
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" ims-lti@3.0.2 oauth-sign@0.9.0
cat > sign.py <<'PY'
import json

from oauthlib.oauth1 import SIGNATURE_TYPE_BODY, Client

LAUNCH = {"lti_message_type": "basic-lti-launch-request", "lti_version": "LTI-1p0", "resource_link_id": "week-1", "user_id": "ada"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
for names in (("custom_week",), ("custom_week", "custom_week_2"), ("custom_week", "custom_week2")):
    client = Client("key", client_secret="secret", signature_type=SIGNATURE_TYPE_BODY)
    _, _, body = client.sign("https://tool.example/launch", "POST", LAUNCH | dict.fromkeys(names, "1"), FORM)
    print(json.dumps({"what": ", ".join(names), "body": body}))
PY
cat > see.mjs <<'JS'
import { readFileSync } from "node:fs";
import { parse } from "node:querystring";
import lti from "ims-lti";
import { hmacsign } from "oauth-sign";

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const { what, body: text } = JSON.parse(line);
  const body = { ...parse(text) };
  const { oauth_signature, ...signed } = body;
  const agrees = hmacsign("POST", "https://tool.example/launch", signed, "secret") === oauth_signature;
  const request = { url: "/launch", method: "POST", protocol: "https", headers: { host: "tool.example" }, body };
  new lti.Provider("key", "secret").valid_request(request, (error, valid) => {
    const outcome = valid ? "reads" : `refuses: ${error.message}`;
    console.log(`${what}: oauth-sign ${agrees ? "agrees" : "disagrees"}, ims-lti ${outcome}`);
  });
}
JS
env/bin/python sign.py > launches
seen=$(node see.mjs < launches)
printf '%s\n' "$seen"
[ "$seen" = "custom_week: oauth-sign agrees, ims-lti reads
custom_week, custom_week_2: oauth-sign agrees, ims-lti reads
custom_week, custom_week2: oauth-sign agrees, ims-lti refuses: Invalid Signature" ]
