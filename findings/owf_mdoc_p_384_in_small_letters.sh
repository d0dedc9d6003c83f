#!/bin/bash
# @owf/mdoc 0.6.0 (npm) knows P-384 and P-521 by names in small letters, and so takes and writes no JWK on them.
#
# The curves of a JWK are called P-256, P-384 and P-521, and case makes a difference (RFC 7518 §6.2.1.1, RFC 7517 §4). COSE has
# numbers for them (RFC 9053 §7.1), and an mdoc's keys may lie on each (ISO/IEC 18013-5). CoseKey.fromJwk() refuses the names of
# the two longer ones, so no credential can be bound to such a key of a wallet; and a COSE key on them, read, becomes a JWK on
# "p-384" or "p-521", which Node does not know. cose-kit 1.7.1 makes the right JWK of the same COSE key. (@owf/cose, out as an
# alpha alone, refuses them, too.)
#
# Seen with Node 20:
#   P-256:
#     from the JWK: curve 1
#     to a JWK: P-256, Node: the same key
#     cose-kit to a JWK: P-256, Node: the same key
#   P-384:
#     from the JWK: refused
#     to a JWK: p-384, Node: refused
#     cose-kit to a JWK: P-384, Node: the same key
#   P-521:
#     from the JWK: refused
#     to a JWK: p-521, Node: refused
#     cose-kit to a JWK: P-521, Node: the same key
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" \
    @owf/mdoc@0.6.0 cose-kit@1.7.1 cbor@8.1.0
cat > "$dir/see.mjs" <<'JS'
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { CoseKey } from "@owf/mdoc";
import cbor from "cbor";
import { COSEKeyToJWK } from "cose-kit";

const COSE = { "P-256": [1, -7], "P-384": [2, -35], "P-521": [3, -36] };
const attempt = (action) => {
  try {
    return action();
  } catch {
    return "refused";
  }
};

for (const [name, [crv, alg]] of Object.entries(COSE)) {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: name });
  const jwk = publicKey.export({ format: "jwk" });
  const [x, y] = [jwk.x, jwk.y].map((part) => Buffer.from(part, "base64url"));
  const cose = cbor.encode(new Map([[1, 2], [3, alg], [-1, crv], [-2, x], [-3, y]]));
  const inNode = (written) =>
    attempt(() => (createPublicKey({ key: written, format: "jwk" }).equals(publicKey) ? "the same key" : "another key"));
  const written = CoseKey.decode(cose).jwk;
  console.log(`${name}:`);
  console.log(`  from the JWK: ${attempt(() => `curve ${CoseKey.fromJwk(jwk).curve}`)}`);
  console.log(`  to a JWK: ${written.crv}, Node: ${inNode(written)}`);
  const others = COSEKeyToJWK(cose);
  console.log(`  cose-kit to a JWK: ${others.crv}, Node: ${inNode(others)}`);
}
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = "P-256:
  from the JWK: curve 1
  to a JWK: P-256, Node: the same key
  cose-kit to a JWK: P-256, Node: the same key
P-384:
  from the JWK: refused
  to a JWK: p-384, Node: refused
  cose-kit to a JWK: P-384, Node: the same key
P-521:
  from the JWK: refused
  to a JWK: p-521, Node: refused
  cose-kit to a JWK: P-521, Node: the same key" ]
