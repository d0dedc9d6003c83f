#!/bin/bash
# @owf/mdoc 0.6.0 (npm) makes and checks a MAC over three things where COSE has four, so no other library agrees with it.
#
# A COSE_Mac0's tag is over a list of context, protected header, external_aad and payload; external_aad is an empty byte string
# if there is none (RFC 9052 §6.3), and it is empty for an mdoc's DeviceMac (ISO/IEC 18013-5). The package leaves it out then,
# from what it makes the tag of, and from what it hands over for checking. Its own messages agree with it, those of others do
# not. With the empty string set in so many words all is well, and its COSE_Sign1 has it anyway. (@owf/cose, out as
# an alpha alone, has the same.)
#
# Seen with Node 20 (HMAC 256/256, one key for both):
#   what @owf/mdoc authenticates: MAC0,a10105,68656c6c6f
#   written by cose-js: cose-js read; @owf/mdoc another tag, with external_aad h'' the same tag
#   written by @owf/mdoc: cose-js Tag mismatch; @owf/mdoc the same tag, with external_aad h'' another tag
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" \
    @owf/mdoc@0.6.0 cose-js@0.9.0 cbor@8.1.0
cat > "$dir/see.mjs" <<'JS'
import { createHmac, randomBytes } from "node:crypto";
import { Mac0, ProtectedHeaders } from "@owf/mdoc";
import cbor from "cbor";
import coseJs from "cose-js";

const [key, payload] = [randomBytes(32), Buffer.from("hello")];
const hmac = (bytes) => createHmac("sha256", key).update(bytes).digest();
const items = (bytes) => cbor.decodeFirstSync(Buffer.from(bytes)).map((item) => item.toString("hex"));
const protectedHeaders = ProtectedHeaders.create({ protectedHeaders: new Map([[1, 5]]) });

function withOwf(message, externalAad) {
  const mac0 = Mac0.decode(message);
  mac0.externalAad = externalAad;
  return hmac(mac0.toBeAuthenticated).equals(mac0.tag) ? "the same tag" : "another tag";
}

async function see(name, message) {
  const word = await coseJs.mac.read(message, key).then(
    () => "read",
    (error) => error.message,
  );
  const [left, given] = [withOwf(message), withOwf(message, new Uint8Array())];
  console.log(`${name}: cose-js ${word}; @owf/mdoc ${left}, with external_aad h'' ${given}`);
}

const bytes = Mac0.toBeAuthenticated({ payload, protectedHeaders });
console.log(`what @owf/mdoc authenticates: ${items(bytes)}`);
await see("written by cose-js", await coseJs.mac.create({ p: { alg: "HS256" }, u: {} }, payload, { key }));
const written = [Buffer.from("a10105", "hex"), new Map(), payload, hmac(bytes)];
await see("written by @owf/mdoc", cbor.encode(new cbor.Tagged(17, written)));
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = "what @owf/mdoc authenticates: MAC0,a10105,68656c6c6f
written by cose-js: cose-js read; @owf/mdoc another tag, with external_aad h'' the same tag
written by @owf/mdoc: cose-js Tag mismatch; @owf/mdoc the same tag, with external_aad h'' another tag" ]
