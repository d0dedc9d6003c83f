#!/bin/bash
# @sd-jwt/sd-jwt-vc 0.19.0 (npm) refuses every credential whose issuer says which description of its type is meant.
#
# vct#integrity is a hash of the type's metadata, and "integrity metadata" as in Subresource Integrity: sha256, sha384 or sha512,
# a hyphen, and the hash in base64 (draft-ietf-oauth-sd-jwt-vc-15 §6, which was §7 in draft 08, the one that the package names; W3C
# SRI §3). The package compares with the hash in hexadecimal. So no value that an issuer may write is right for it, and verify()
# fails as a whole. A claim's path in that document may also hold numbers, for a place in a list (same draft, Claim Path);
# names and null pass. (The draft's own examples were mended to base64 in its pull request 318; the package's test has
# hexadecimal.)
#
# Seen with Node 20 (the metadata comes from a server on loopback; every hash is right):
#   no integrity, path ["degrees"]: verified, Degree
#   sha256, path ["degrees"]: refused, Integrity check failed
#   sha384, path ["degrees"]: refused, Integrity check failed
#   sha512, path ["degrees"]: refused, Integrity check failed
#   no integrity, path ["degrees",null]: verified, Degree
#   no integrity, path ["degrees",0]: refused, expected string, received number
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" \
    @sd-jwt/sd-jwt-vc@0.19.0 @sd-jwt/core@0.19.0 @sd-jwt/crypto-nodejs@0.19.0
cat > "$dir/see.mjs" <<'JS'
import { createHash, createHmac } from "node:crypto";
import { createServer } from "node:http";
import { digest, generateSalt } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";

let metadata;
const server = createServer((_, response) => response.setHeader("content-type", "application/json").end(metadata));
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const vct = `http://127.0.0.1:${server.address().port}/degree`;
const tag = (text) => createHmac("sha256", "a secret of thirty-two characters").update(text).digest("base64url");
const instance = new SDJwtVcInstance({
  signer: tag,
  verifier: (text, signature) => tag(text) === signature,
  signAlg: "HS256",
  hasher: digest,
  hashAlg: "sha-256",
  saltGenerator: generateSalt,
  loadTypeMetadataFormat: true,
});

async function see(name, path) {
  metadata = JSON.stringify({ vct, name: "Degree", claims: [{ path, sd: "allowed" }] });
  const integrity = name && { "vct#integrity": `${name}-${createHash(name).update(metadata).digest("base64")}` };
  const claims = { iss: "https://school.example", vct, degrees: ["BSc", "MSc"], ...integrity };
  const seen = await instance.verify(await instance.issue(claims, { _sd: ["degrees"] })).then(
    ({ typeMetadata }) => `verified, ${typeMetadata.mergedTypeMetadata.name}`,
    ({ message }) => `refused, ${message.match(/expected string, received \w+/) ?? message.replace(/ for .* failed: .*/, " failed")}`,
  );
  console.log(`${name || "no integrity"}, path ${JSON.stringify(path)}: ${seen}`);
}

for (const name of ["", "sha256", "sha384", "sha512"]) await see(name, ["degrees"]);
for (const place of [null, 0]) await see("", ["degrees", place]);
server.close();
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = 'no integrity, path ["degrees"]: verified, Degree
sha256, path ["degrees"]: refused, Integrity check failed
sha384, path ["degrees"]: refused, Integrity check failed
sha512, path ["degrees"]: refused, Integrity check failed
no integrity, path ["degrees",null]: verified, Degree
no integrity, path ["degrees",0]: refused, expected string, received number' ]
