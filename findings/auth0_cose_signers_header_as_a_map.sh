#!/bin/bash
# @auth0/cose 1.0.2 (npm) writes COSE_Sign messages that another library can't read: the signers' protected headers as maps.
#
# A protected header is a byte string with the map in it (RFC 9052 §3, and for each signer §4.1). Sign.sign() makes these bytes
# and signs them; encode() then writes the map itself. The package reads its own messages, for it takes both. Once the map is
# in a byte string again, cose-js 0.9.0 verifies the same signature. And where the body has no protected header, no bytes are
# signed in its place, also if it is written as an empty map in a byte string, which every recipient must accept (§3, §4.4).
# The package signs and verifies that empty map's byte.
#
# Seen with Node 20 (one signer, ES256):
#   as @auth0/cose writes it: @auth0/cose verified, cose-js Insufficient data
#   signer's header in a byte string: @auth0/cose verified, cose-js verified
#   the same, no header of the body: @auth0/cose verified, cose-js Signature missmatch
#   by hand, that header h'': @auth0/cose verified, cose-js verified
#   by hand, that header h'a0': @auth0/cose signature verification failed, cose-js verified
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" \
    @auth0/cose@1.0.2 cose-js@0.9.0 cbor@8.1.0
cat > "$dir/see.cjs" <<'JS'
const { generateKeyPairSync, sign } = require("node:crypto");
const { Algorithms, Sign } = require("@auth0/cose");
const cbor = require("cbor");
const coseJs = require("cose-js");

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const { x, y } = publicKey.export({ format: "jwk" });
const [none, payload, kid] = [Buffer.alloc(0), Buffer.from("hello"), Buffer.from("1")];
const coseJsKey = { kid: "1", x: Buffer.from(x, "base64url"), y: Buffer.from(y, "base64url") };

async function see(name, message) {
  const verified = [Sign.decode(message).verify(publicKey), coseJs.sign.verify(message, { key: coseJsKey })];
  const [theirs, others] = (await Promise.allSettled(verified)).map(({ reason }) => reason?.message ?? "verified");
  console.log(`${name}: @auth0/cose ${theirs}, cose-js ${others}`);
}

/** A message of @auth0/cose with the given header of the body. */
async function written(header) {
  const signer = { key: privateKey, protectedHeaders: [[1, Algorithms.ES256]], unprotectedHeaders: [[4, kid]] };
  return Buffer.from((await Sign.sign(header, [], payload, [signer])).encode());
}

/** The same with the signer's protected header in a byte string. */
function mended(message) {
  const { tag, value } = cbor.decodeFirstSync(message);
  value[3][0][0] = cbor.encode(value[3][0][0]);
  return cbor.encode(new cbor.Tagged(tag, value));
}

/** A message with an empty header of the body, written as it is said. */
function empty(header) {
  const signerHeader = Buffer.from("a10126", "hex");
  const signed = cbor.encode(["Signature", none, signerHeader, none, payload]);
  const signature = sign("sha256", signed, { key: privateKey, dsaEncoding: "ieee-p1363" });
  return cbor.encode(new cbor.Tagged(98, [header, new Map(), payload, [[signerHeader, new Map([[4, kid]]), signature]]]));
}

(async () => {
  const typed = await written([[3, 0]]);
  await see("as @auth0/cose writes it", typed);
  await see("signer's header in a byte string", mended(typed));
  await see("the same, no header of the body", mended(await written([])));
  await see("by hand, that header h''", empty(none));
  await see("by hand, that header h'a0'", empty(Buffer.from("a0", "hex")));
})();
JS
seen=$(node "$dir/see.cjs")
printf '%s\n' "$seen"
[ "$seen" = "as @auth0/cose writes it: @auth0/cose verified, cose-js Insufficient data
signer's header in a byte string: @auth0/cose verified, cose-js verified
the same, no header of the body: @auth0/cose verified, cose-js Signature missmatch
by hand, that header h'': @auth0/cose verified, cose-js verified
by hand, that header h'a0': @auth0/cose signature verification failed, cose-js verified" ]
