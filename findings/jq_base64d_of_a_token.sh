#!/bin/sh
# The usual recipe to look into a token with jq, `split(".")[1] | @base64d | fromjson`, works for some tokens alone.
#
# jq's @base64d takes text without padding, so the recipe seems to be right; but it does not know the two letters in which
# base64url (RFC 4648 §5) is another alphabet. Whether a payload has one of them depends on its bytes: the same claims
# with "ada" are shown, with "ada~~~" they are refused. (jq 1.8, in the PyPI package jq 1.13.0.)
#
# Seen with Python 3.11:
#   eyJzdWIiOiJhZGEifQ -> {'sub': 'ada'}
#   eyJzdWIiOiJhZGF-fn4ifQ -> not valid base64 data
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check jq==1.13.0
cat > "$dir/see.py" <<'PY'
import base64
import json

import jq

for name in ("ada", "ada~~~"):
    payload = json.dumps({"sub": name}, separators=(",", ":")).encode()
    segment = base64.urlsafe_b64encode(payload).decode().rstrip("=")
    try:
        found = jq.compile('split(".")[1] | @base64d | fromjson').input_value(f"e30.{segment}.AA").first()
    except ValueError as error:
        found = "not valid base64 data" if "is not valid base64 data" in str(error) else error
    print(segment, "->", found)
PY
seen=$("$dir/env/bin/python" "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "eyJzdWIiOiJhZGEifQ -> {'sub': 'ada'}
eyJzdWIiOiJhZGF-fn4ifQ -> not valid base64 data" ]
