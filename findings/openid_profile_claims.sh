#!/bin/bash
# @openid4vc/oauth2 0.4.6 and @atproto/jwk-jose 0.2.4 (npm) refuse ID tokens of people with rarer birthdays, languages and places.
#
# OpenID Connect Core §5.1: birthdate may be a year alone, locale is a BCP 47 language tag, zoneinfo a name from the time zone
# database, email an addr-spec of RFC 5322. Both packages hold what is signed against patterns of their own, and throw away the
# whole token over a claim about the person that nobody asked for. @atproto/jwk-jose has no place for Latin American Spanish
# (es-419), for Chinese in simplified script, and for time zones with a hyphen; nor for a cnf with a jwk that has no kid, as in
# RFC 7800's own example (§3.2). @openid4vc/oauth2 has none for addresses under a top-level domain in another script, written as
# DNS has it (RFC 5890 §2.3.2.1). jose 6.2.18, which checks the signature here for both, reads them all.
#
# Seen with Node 20:
#   plain claims: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose read
#   birthdate 0000-05-09: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose read
#   birthdate 1985: jose read, @openid4vc/oauth2 refused, @atproto/jwk-jose refused
#   locale de-CH: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose read
#   locale es-419: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose refused
#   locale zh-Hans-CN: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose refused
#   zoneinfo America/Port-au-Prince: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose refused
#   email ada@school.xn--jxalpdlp: jose read, @openid4vc/oauth2 refused, @atproto/jwk-jose read
#   cnf with a jwk, no kid: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose refused
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" \
    @openid4vc/oauth2@0.4.6 @openid4vc/utils@0.4.6 @atproto/jwk-jose@0.2.4 @atproto/jwk@0.7.4 jose@6.2.18
cat > "$dir/see.mjs" <<'JS'
import { JoseKey } from "@atproto/jwk-jose";
import { verifyIdTokenJwt } from "@openid4vc/oauth2";
import { SignJWT, exportJWK, generateKeyPair, importJWK, jwtVerify } from "jose";

const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const [bare, issuer, audience] = [await exportJWK(publicKey), "https://login.example", "shop"];
const jwk = { ...bare, kid: "1" };
const key = await JoseKey.fromJWK({ ...(await exportJWK(privateKey)), kid: "1" });
const callbacks = {
  fetch: async () => Response.json({ keys: [jwk] }),
  verifyJwt: async ({ publicJwk, alg }, { compact }) => {
    await jwtVerify(compact, await importJWK(publicJwk, alg));
    return { verified: true, signerJwk: publicJwk };
  },
};
const authorizationServer = { issuer, jwks_uri: `${issuer}/jwks` };
const readers = {
  jose: (idToken) => jwtVerify(idToken, publicKey, { issuer, audience }),
  "@openid4vc/oauth2": (idToken) => verifyIdTokenJwt({ idToken, authorizationServer, clientId: audience, callbacks }),
  "@atproto/jwk-jose": (idToken) => key.verifyJwt(idToken, { issuer, audience }),
};

async function see(name, claims) {
  const token = await new SignJWT({ iss: issuer, sub: "ada", aud: audience, iat: 1780000000, exp: 4102444800, ...claims })
    .setProtectedHeader({ alg: "ES256", kid: "1" })
    .sign(privateKey);
  const words = [];
  for (const [reader, read] of Object.entries(readers)) {
    words.push(`${reader} ${await read(token).then(() => "read", () => "refused")}`);
  }
  console.log(`${name}: ${words.join(", ")}`);
}

await see("plain claims", {});
for (const [name, value] of [
  ["birthdate", "0000-05-09"],
  ["birthdate", "1985"],
  ["locale", "de-CH"],
  ["locale", "es-419"],
  ["locale", "zh-Hans-CN"],
  ["zoneinfo", "America/Port-au-Prince"],
  ["email", "ada@school.xn--jxalpdlp"],
]) {
  await see(`${name} ${value}`, { [name]: value });
}
await see("cnf with a jwk, no kid", { cnf: { jwk: bare } });
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = "plain claims: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose read
birthdate 0000-05-09: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose read
birthdate 1985: jose read, @openid4vc/oauth2 refused, @atproto/jwk-jose refused
locale de-CH: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose read
locale es-419: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose refused
locale zh-Hans-CN: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose refused
zoneinfo America/Port-au-Prince: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose refused
email ada@school.xn--jxalpdlp: jose read, @openid4vc/oauth2 refused, @atproto/jwk-jose read
cnf with a jwk, no kid: jose read, @openid4vc/oauth2 read, @atproto/jwk-jose refused" ]
