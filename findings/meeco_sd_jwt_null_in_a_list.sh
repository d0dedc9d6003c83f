#!/bin/bash
# @meeco/sd-jwt 1.2.1 (npm): who holds an SD-JWT with a null in any list can't present it, nor see what there is to present.
#
# null is a value like any other (RFC 8259 §3), in lists that have nothing to do with disclosing, too. The package issues such a
# credential and verifies it. SDJsonpath, the holder's part, looks into every element of every list for the member "..." and
# does so in null as well. A number or a text there does no harm.
#
# Seen with Node 20 (name is disclosed alone, marks is plain):
#   marks [1,2]: verified, can show $.name
#   marks [1,"x"]: verified, can show $.name
#   marks [1,null]: verified, TypeError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" @meeco/sd-jwt@1.2.1
cat > "$dir/see.mjs" <<'JS'
import { createHash, createHmac } from "node:crypto";
import { SDJsonpath, issueSDJWT, verifySDJWT } from "@meeco/sd-jwt";

const callback = (text) => createHash("sha256").update(text).digest("base64url");
const tag = (text) => createHmac("sha256", "a secret of thirty-two characters").update(text).digest("base64url");
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const signer = async (header, payload) => tag(`${part(header)}.${part(payload)}`);
const verifier = async (jwt) => jwt.endsWith(`.${tag(jwt.slice(0, jwt.lastIndexOf(".")))}`);

for (const marks of [[1, 2], [1, "x"], [1, null]]) {
  const ways = { signer, hash: { alg: "sha-256", callback } };
  const token = await issueSDJWT({ alg: "HS256" }, { name: "Ada", marks }, { _sd: ["name"] }, ways);
  const claims = await verifySDJWT(token, verifier, async () => callback);
  const verified = claims.name === "Ada" && JSON.stringify(claims.marks) === JSON.stringify(marks) ? "verified" : "changed";
  const shown = await SDJsonpath.fromCompactJWT(token, async () => callback).then(
    (paths) => `can show ${Object.keys(paths)}`,
    (error) => error.name,
  );
  console.log(`marks ${JSON.stringify(marks)}: ${verified}, ${shown}`);
}
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = 'marks [1,2]: verified, can show $.name
marks [1,"x"]: verified, can show $.name
marks [1,null]: verified, TypeError' ]
