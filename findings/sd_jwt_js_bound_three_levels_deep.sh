#!/bin/bash
# @sd-jwt/core 0.19.0 (npm): presented with key binding, an SD-JWT loses a claim that lies three levels deep.
#
# Disclosures may hold further digests, at any depth (RFC 9901 §4.2.6), and sd_hash is taken over what is presented (§4.3.1), so
# binding should make no difference to what is shown. present() walks through the disclosures once for the hash and once for
# what it returns. The first walk writes into the values of the disclosures, so the second finds no digests further down:
# one disclosure is missing, and the library's own verify() refuses what came out. With two levels all is well. Without a key
# but also without a list of what to show, which means everything, the deep claim is left out in silence.
#
# Seen with Node 20 (person is disclosed alone, address in it is plain, street in that is disclosed alone):
#   two levels, listed: 2 of 2 shown, verified
#   two levels, listed, bound: 2 of 2 shown, verified
#   three levels, listed: 2 of 2 shown, verified
#   three levels, everything: 1 of 2 shown, verified
#   three levels, listed, bound: 1 of 2 shown, Invalid sd_hash in Key Binding JWT
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" @sd-jwt/core@0.19.0 @sd-jwt/crypto-nodejs@0.19.0
cat > "$dir/see.mjs" <<'JS'
import { SDJwtInstance } from "@sd-jwt/core";
import { ES256, digest, generateSalt } from "@sd-jwt/crypto-nodejs";

class Credential extends SDJwtInstance {
  type = "example+sd-jwt";
}
const { privateKey, publicKey } = await ES256.generateKeyPair();
const [signer, verifier] = [await ES256.getSigner(privateKey), await ES256.getVerifier(publicKey)];
const ways = { signer, verifier, signAlg: "ES256", kbSigner: signer, kbVerifier: verifier, kbSignAlg: "ES256" };
const library = new Credential({ ...ways, hasher: digest, hashAlg: "sha-256", saltGenerator: generateSalt });
const disclosures = (token) => token.split("~").length - 2;

async function see(name, token, list, kb) {
  const shown = await library.present(token, list, kb && { kb: { payload: { iat: 1800000000, aud: "shop", nonce: "n" } } });
  const outcome = await library.verify(shown, kb && { keyBindingNonce: "n" }).then(
    () => "verified",
    (error) => error.message,
  );
  console.log(`${name}: ${disclosures(shown)} of ${disclosures(token)} shown, ${outcome}`);
}

const two = await library.issue({ address: { street: "Elm" } }, { _sd: ["address"], address: { _sd: ["street"] } });
await see("two levels, listed", two, { address: { street: true } });
await see("two levels, listed, bound", two, { address: { street: true } }, true);
const three = await library.issue(
  { person: { address: { street: "Elm" } } },
  { _sd: ["person"], person: { address: { _sd: ["street"] } } },
);
await see("three levels, listed", three, { person: { address: { street: true } } });
await see("three levels, everything", three, undefined);
await see("three levels, listed, bound", three, { person: { address: { street: true } } }, true);
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = "two levels, listed: 2 of 2 shown, verified
two levels, listed, bound: 2 of 2 shown, verified
three levels, listed: 2 of 2 shown, verified
three levels, everything: 1 of 2 shown, verified
three levels, listed, bound: 1 of 2 shown, Invalid sd_hash in Key Binding JWT" ]
