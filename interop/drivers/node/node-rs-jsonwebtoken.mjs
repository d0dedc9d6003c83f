import { HS, PS, RS, number, only, pick, required, serve } from "./driver.mjs";

const { Algorithm, signSync, verifySync } = required("@node-rs/jsonwebtoken");

function read(asked) {
  only(asked, [HS, RS, PS, "ES256 ES384 EdDSA"]);
  const options = { algorithms: [Algorithm?.[asked.alg] ?? asked.alg], validateNbf: true };
  if (asked.aud) options.aud = [asked.aud];
  if (asked.iss) options.iss = [asked.iss];
  if (asked.kind === "jws") Object.assign(options, { validateExp: false, requiredSpecClaims: [] });
  return verifySync(asked.token, pick(asked, "secret", "pem")[1], options);
}

const mint = (asked) =>
  signSync(number(asked), pick(asked, "secret", "pem")[1], { algorithm: Algorithm?.[asked.alg] ?? asked.alg });

serve(read, mint);
