#!/bin/bash
# @auth0/cose 1.0.2 (npm) reads no tagged token any more once @auth0/mdl 3.0.1, of the same maker, has been loaded.
#
# Tag 18 says that a COSE_Sign1 follows (RFC 9052 §2). Both packages come down to one cbor-x, which has one table of tags for the
# whole process and asks that custom tags be above 40500 (its README, Custom Extensions). @auth0/cose and cose-kit, by which
# @auth0/mdl reads its documents, each register 17, 18 and 98 in it, with classes of their own. Who is loaded last has them: the
# other is handed objects that it does not know. So whether a token is read depends on the order of two lines that have
# nothing to do with it. (With import instead of require, @auth0/mdl gets a cbor-x to itself; cose-kit does the same harm.)
#
# Seen with Node 20 (@auth0/cose signs, ES256; each line is a process of its own):
#   loaded @auth0/cose: @auth0/cose verified
#   loaded @auth0/cose, @auth0/mdl: @auth0/cose Unexpected CBOR tag. Expected tag 18 (Sign1) but got undefined
#   loaded @auth0/mdl, @auth0/cose: @auth0/cose verified
#   loaded cose-kit: cose-kit verified
#   loaded cose-kit, @auth0/cose: cose-kit unknown COSE type
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" \
    @auth0/cose@1.0.2 @auth0/mdl@3.0.1 cose-kit@1.7.1 cbor-x@1.6.9
cat > "$dir/make.cjs" <<'JS'
const { generateKeyPairSync } = require("node:crypto");
const { Algorithms, ProtectedHeaders, Sign1, UnprotectedHeaders } = require("@auth0/cose");

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const header = ProtectedHeaders.from([[1, Algorithms.ES256]]);
Sign1.sign(header, new UnprotectedHeaders(), Buffer.from("hello"), privateKey).then((token) =>
  console.log(Buffer.from(token.encode()).toString("hex"), JSON.stringify(publicKey.export({ format: "jwk" }))),
);
JS
cat > "$dir/see.cjs" <<'JS'
const { createPublicKey } = require("node:crypto");

const [made, ...names] = process.argv.slice(2);
const [hex, jwk] = made.split(" ");
const [token, key] = [Buffer.from(hex, "hex"), createPublicKey({ key: JSON.parse(jwk), format: "jwk" })];
const loaded = Object.fromEntries(names.map((name) => [name, require(name)]));
const readers = {
  "@auth0/cose": async () => loaded["@auth0/cose"].Sign1.decode(token).verify(key),
  "cose-kit": async () => {
    if (!(await loaded["cose-kit"].coseVerify(token, key)).isValid) throw new Error("not valid");
  },
};
const name = names.includes("cose-kit") ? "cose-kit" : "@auth0/cose";
readers[name]()
  .then(() => "verified", ({ message }) => message)
  .then((seen) => console.log(`loaded ${names.join(", ")}: ${name} ${seen}`));
JS
made=$(node "$dir/make.cjs")
seen=$(
    for names in "@auth0/cose" "@auth0/cose @auth0/mdl" "@auth0/mdl @auth0/cose" "cose-kit" "cose-kit @auth0/cose"; do
        # shellcheck disable=SC2086
        node "$dir/see.cjs" "$made" $names
    done
)
printf '%s\n' "$seen"
[ "$seen" = "loaded @auth0/cose: @auth0/cose verified
loaded @auth0/cose, @auth0/mdl: @auth0/cose Unexpected CBOR tag. Expected tag 18 (Sign1) but got undefined
loaded @auth0/mdl, @auth0/cose: @auth0/cose verified
loaded cose-kit: cose-kit verified
loaded cose-kit, @auth0/cose: cose-kit unknown COSE type" ]
