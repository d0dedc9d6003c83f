#!/bin/sh
# node-jose 2.2.0 (npm) knows ECDH-ES and it knows A256CBC-HS512, and not the two together.
#
# With ECDH-ES the agreed key is the content's key (RFC 7518 §4.6), 48 or 64 bytes long for the two bigger CBC methods. Those
# are told "unsupported algorithm"; A128CBC-HS256 and the GCM methods work, and so do all with ECDH-ES+A128KW. (jose 6.2.18
# encrypts.)
#
# Seen with Node 20:
#   ECDH-ES A256GCM: read
#   ECDH-ES A128CBC-HS256: read
#   ECDH-ES A192CBC-HS384: unsupported algorithm
#   ECDH-ES A256CBC-HS512: unsupported algorithm
#   ECDH-ES+A128KW A256CBC-HS512: read
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" node-jose@2.2.0 jose@6.2.18
cat > "$dir/see.mjs" <<'JS'
import { CompactEncrypt, exportJWK, generateKeyPair } from "jose";
import nodeJose from "node-jose";

const { publicKey, privateKey } = await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true });
const key = await nodeJose.JWK.asKey(await exportJWK(privateKey));
const pairs = ["A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"].map((enc) => ["ECDH-ES", enc]);
for (const [alg, enc] of [...pairs, ["ECDH-ES+A128KW", "A256CBC-HS512"]]) {
  const made = await new CompactEncrypt(Buffer.from("hello")).setProtectedHeader({ alg, enc }).encrypt(publicKey);
  const word = await nodeJose.JWE.createDecrypt(key)
    .decrypt(made)
    .then(({ payload }) => (payload.toString() === "hello" ? "read" : "something else"))
    .catch((error) => error.message);
  console.log(`${alg} ${enc}: ${word}`);
}
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = "ECDH-ES A256GCM: read
ECDH-ES A128CBC-HS256: read
ECDH-ES A192CBC-HS384: unsupported algorithm
ECDH-ES A256CBC-HS512: unsupported algorithm
ECDH-ES+A128KW A256CBC-HS512: read" ]
