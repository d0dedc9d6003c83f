#!/bin/bash
# @openid4vc/oauth2 0.4.6 (npm) does not see DPoP after a bare "Bearer", as RFC 9449 writes it, and so gives up without a nonce.
#
# A server that takes both kinds of token names both: "WWW-Authenticate: Bearer, DPoP algs=…" is RFC 9449's own example (§7.2,
# Figure 17), though RFC 6750 §3 wants Bearer to have a parameter; in general a scheme needs none (RFC 9110 §11.3). The package
# takes all up to the first space for the scheme, which is "Bearer," then, and has DPoP among its parameters. When such a server
# asks for a nonce (RFC 9449 §9), resourceRequest does not ask again with it, as it does where Bearer has a realm. A scheme
# alone gets no name at all, and one that is named in a quoted text (RFC 9110 §11.2) starts a challenge of its own.
# oauth4webapi 3.8.8 reads them as they are.
#
# Seen with Node 20 (the server answers 401 until it sees its nonce):
#   Bearer realm="shop", DPoP error="use_dpop_nonce":
#     oauth4webapi ["bearer","dpop"]
#     @openid4vc ["Bearer","DPoP"], 200 after 2
#   Bearer, DPoP error="use_dpop_nonce":
#     oauth4webapi ["bearer","dpop"]
#     @openid4vc ["Bearer,"], 401 after 1
#   DPoP:
#     oauth4webapi ["dpop"]
#     @openid4vc [""], 401 after 1
#   DPoP error="invalid_token", error_description="no Bearer, DPoP please":
#     oauth4webapi ["dpop"]
#     @openid4vc ["DPoP","DPoP"], 401 after 1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" \
    @openid4vc/oauth2@0.4.6 @openid4vc/utils@0.4.6 oauth4webapi@3.8.8 jose@6.2.18
cat > "$dir/see.mjs" <<'JS'
import { createHash, randomBytes } from "node:crypto";
import { resourceRequest } from "@openid4vc/oauth2";
import { parseWwwAuthenticateHeader } from "@openid4vc/utils";
import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from "jose";
import { customFetch, protectedResourceRequest } from "oauth4webapi";

const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const publicJwk = await exportJWK(publicKey);
const url = "https://shop.example/orders";

async function seenByOauth4webapi(refusal) {
  const options = { [customFetch]: async () => refusal() };
  return protectedResourceRequest("token", "GET", new URL(url), undefined, undefined, options).catch(({ cause }) =>
    cause.map(({ scheme }) => scheme),
  );
}

async function requestsOfOpenid4vc(refusal) {
  let requests = 0;
  const fetch = async (_, { headers }) => {
    requests += 1;
    return decodeJwt(new Headers(headers).get("DPoP")).nonce === "n-1" ? new Response("orders") : refusal();
  };
  const callbacks = {
    fetch,
    hash: (data, name) => createHash(name.replace("-", "")).update(data).digest(),
    generateRandom: randomBytes,
    signJwt: async (_, { header, payload }) => ({
      jwt: await new SignJWT(payload).setProtectedHeader(header).sign(privateKey),
      signerJwk: publicJwk,
    }),
  };
  const dpop = { signer: { method: "jwk", alg: "ES256", publicJwk } };
  const { response } = await resourceRequest({ url, requestOptions: { method: "GET" }, accessToken: "token", callbacks, dpop });
  return `${response.status} after ${requests}`;
}

for (const header of [
  'Bearer realm="shop", DPoP error="use_dpop_nonce"',
  'Bearer, DPoP error="use_dpop_nonce"',
  "DPoP",
  'DPoP error="invalid_token", error_description="no Bearer, DPoP please"',
]) {
  const refusal = () => new Response(null, { status: 401, headers: { "WWW-Authenticate": header, "DPoP-Nonce": "n-1" } });
  const schemes = parseWwwAuthenticateHeader(header).map(({ scheme }) => scheme);
  console.log(`${header}:`);
  console.log(`  oauth4webapi ${JSON.stringify(await seenByOauth4webapi(refusal))}`);
  console.log(`  @openid4vc ${JSON.stringify(schemes)}, ${await requestsOfOpenid4vc(refusal)}`);
}
JS
seen=$(node "$dir/see.mjs")
printf '%s\n' "$seen"
[ "$seen" = 'Bearer realm="shop", DPoP error="use_dpop_nonce":
  oauth4webapi ["bearer","dpop"]
  @openid4vc ["Bearer","DPoP"], 200 after 2
Bearer, DPoP error="use_dpop_nonce":
  oauth4webapi ["bearer","dpop"]
  @openid4vc ["Bearer,"], 401 after 1
DPoP:
  oauth4webapi ["dpop"]
  @openid4vc [""], 401 after 1
DPoP error="invalid_token", error_description="no Bearer, DPoP please":
  oauth4webapi ["dpop"]
  @openid4vc ["DPoP","DPoP"], 401 after 1' ]
