#!/bin/sh
# rsa-pem-to-jwk 1.1.3 (npm) writes a JWK whose modulus begins with a zero byte.
#
# In DER an integer whose first bit is set gets a zero byte in front, so that it is not negative; in a JWK "n" has no
# extra byte (RFC 7518 §6.3.1.1, §2). The package copies the bytes as they stand. A 2048-bit modulus has 257 bytes then,
# and the thumbprint (RFC 7638) is another one than that of the same key written by jose, or by Node.
#
# Seen with Node 20:
#   bytes in n: 257, the first is 0
#   as Node writes it: 256
#   same thumbprint: false
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" rsa-pem-to-jwk@1.1.3 jose@6.2.18
cat > "$dir/see.mjs" <<'JS'
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { calculateJwkThumbprint } from "jose";

const toJwk = createRequire(import.meta.url)("rsa-pem-to-jwk");
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const theirs = toJwk(privateKey.export({ type: "pkcs1", format: "pem" }), {}, "public");
const nodes = publicKey.export({ format: "jwk" });
const bytes = Buffer.from(theirs.n, "base64url");
console.log(`bytes in n: ${bytes.length}, the first is ${bytes[0]}`);
console.log(`as Node writes it: ${Buffer.from(nodes.n, "base64url").length}`);
const [one, other] = await Promise.all([theirs, nodes].map((jwk) => calculateJwkThumbprint({ ...jwk, kty: "RSA" })));
console.log(`same thumbprint: ${one === other}`);
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = "bytes in n: 257, the first is 0
as Node writes it: 256
same thumbprint: false" ]
