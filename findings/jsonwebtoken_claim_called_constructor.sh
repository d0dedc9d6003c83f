#!/bin/sh
# jsonwebtoken 9.0.3 (npm) can't sign a claim that is called "constructor", or like anything else that every object has.
#
# A claim's name is any string (RFC 7519 §4). sign() looks the name of each claim up in a plain object of checks, finds
# what that object inherits, and calls it as a check. verify() reads such a token, made by another library, without
# complaint.
#
# Seen with Node 20:
#   sign constructor: TypeError validator.isValid is not a function
#   sign valueOf: TypeError validator.isValid is not a function
#   sign builder: signed
#   verify constructor: x
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" jsonwebtoken@9.0.3 jose@6.2.18
cat > "$dir/see.mjs" <<'JS'
import { SignJWT } from "jose";
import jwt from "jsonwebtoken";

const secret = Buffer.from("a secret of thirty-two characters");
for (const name of ["constructor", "valueOf", "builder"]) {
  try {
    jwt.sign({ [name]: "x" }, secret);
    console.log(`sign ${name}: signed`);
  } catch (error) {
    console.log(`sign ${name}: ${error.name} ${error.message}`);
  }
}
const token = await new SignJWT({ constructor: "x" }).setProtectedHeader({ alg: "HS256" }).sign(secret);
console.log(`verify constructor: ${jwt.verify(token, secret, { algorithms: ["HS256"] }).constructor}`);
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = "sign constructor: TypeError validator.isValid is not a function
sign valueOf: TypeError validator.isValid is not a function
sign builder: signed
verify constructor: x" ]
