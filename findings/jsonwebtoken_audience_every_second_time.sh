#!/bin/sh
# jsonwebtoken 9.0.3 (npm) refuses every second token when the audience is a RegExp with the flag g.
#
# The option audience may be a RegExp. One with g remembers where its last match ended and goes on from there, so the next
# token, as good as the first, does not match. fast-jwt 6.3.6, which also takes a RegExp, reads all of them.
#
# Seen with Node 20:
#   jsonwebtoken: read, refused, read, refused
#   fast-jwt: read, read, read, read
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" jsonwebtoken@9.0.3 fast-jwt@6.3.6
cat > "$dir/see.mjs" <<'JS'
import fastJwt from "fast-jwt";
import jwt from "jsonwebtoken";

const secret = Buffer.from("a secret of thirty-two characters");
const token = jwt.sign({ aud: "https://shop.example" }, secret);
const audience = () => /^https:\/\/(shop|stock)\.example$/g;
const seen = (verify) =>
  [1, 2, 3, 4].map(() => {
    try {
      verify(token);
      return "read";
    } catch {
      return "refused";
    }
  });
const options = { algorithms: ["HS256"], audience: audience() };
console.log(`jsonwebtoken: ${seen((one) => jwt.verify(one, secret, options)).join(", ")}`);
const verifier = fastJwt.createVerifier({ key: secret, algorithms: ["HS256"], allowedAud: audience() });
console.log(`fast-jwt: ${seen(verifier).join(", ")}`);
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = "jsonwebtoken: read, refused, read, refused
fast-jwt: read, read, read, read" ]
