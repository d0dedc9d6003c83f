#!/bin/bash
# @openid4vc/oauth2 0.4.6 (npm) writes client_secret_basic in base64url, and a server with Authlib sees no password.
#
# A client sends its name and password by HTTP Basic (RFC 6749 §2.3.1): in Base64, with + and / and with padding (RFC 7617 §2,
# RFC 4648 §4), each of the two form-encoded before (RFC 6749 Appendix B). The package calls what it has for JWTs: - and _, no
# padding; and it form-encodes nothing. Servers on Node let that pass, for Node's decoder takes both alphabets. Authlib 1.9.10,
# the server here, reads the padded alone, so two clients in three are refused, by the length of their name and password. It
# then undoes the form-encoding that never was. oauth4webapi 3.8.8 writes the same passwords so that they are read.
#
# Seen with Node 20 and Python 3.11 (the client is called shop):
#   secret: @openid4vc/oauth2 c2hvcDpzZWNyZXQ read as nothing; oauth4webapi c2hvcDpzZWNyZXQ= read as shop, secret
#   secrets: @openid4vc/oauth2 c2hvcDpzZWNyZXRz read as shop, secrets; oauth4webapi c2hvcDpzZWNyZXRz read as shop, secrets
#   a?b>c~d: @openid4vc/oauth2 c2hvcDphP2I-Y35k read as nothing; oauth4webapi c2hvcDphJTNGYiUzRWMlN0Vk read as shop, a?b>c~d
#   1%2B1=2: @openid4vc/oauth2 c2hvcDoxJTJCMT0y read as shop, 1+1=2; oauth4webapi c2hvcDoxJTI1MkIxJTNEMg== read as shop, 1%2B1=2
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" \
    @openid4vc/oauth2@0.4.6 @openid4vc/utils@0.4.6 oauth4webapi@3.8.8
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check authlib==1.9.10 cryptography==50.0.2
cat > "$dir/write.mjs" <<'JS'
import { clientAuthenticationClientSecretBasic } from "@openid4vc/oauth2";
import { ClientSecretBasic } from "oauth4webapi";

const clientId = "shop";
for (const clientSecret of ["secret", "secrets", "a?b>c~d", "1%2B1=2"]) {
  const [theirs, others] = [new Headers(), new Headers()];
  await clientAuthenticationClientSecretBasic({ clientId, clientSecret })({ headers: theirs });
  ClientSecretBasic(clientSecret)({}, { client_id: clientId }, new URLSearchParams(), others);
  const headers = { "@openid4vc/oauth2": theirs.get("Authorization"), oauth4webapi: others.get("Authorization") };
  console.log(JSON.stringify([clientSecret, headers]));
}
JS
cat > "$dir/read.py" <<'PY'
import json
import sys

from authlib.oauth2.rfc6749.util import extract_basic_authorization

for line in sys.stdin:
    secret, headers = json.loads(line)
    words = []
    for library, header in headers.items():
        client, password = extract_basic_authorization({"Authorization": header})
        words.append(f"{library} {header.split()[1]} read as {f'{client}, {password}' if client else 'nothing'}")
    print(f"{secret}: {'; '.join(words)}")
PY
seen=$(node "$dir/write.mjs" | "$dir/env/bin/python" "$dir/read.py")
printf '%s\n' "$seen"
[ "$seen" = "secret: @openid4vc/oauth2 c2hvcDpzZWNyZXQ read as nothing; oauth4webapi c2hvcDpzZWNyZXQ= read as shop, secret
secrets: @openid4vc/oauth2 c2hvcDpzZWNyZXRz read as shop, secrets; oauth4webapi c2hvcDpzZWNyZXRz read as shop, secrets
a?b>c~d: @openid4vc/oauth2 c2hvcDphP2I-Y35k read as nothing; oauth4webapi c2hvcDphJTNGYiUzRWMlN0Vk read as shop, a?b>c~d
1%2B1=2: @openid4vc/oauth2 c2hvcDoxJTJCMT0y read as shop, 1+1=2; oauth4webapi c2hvcDoxJTI1MkIxJTNEMg== read as shop, 1%2B1=2" ]
