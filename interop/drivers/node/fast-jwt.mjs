import { ES, HS, PS, RS, number, only, pick, required, serve } from "./driver.mjs";

const jwt = required("fast-jwt");

function read(asked) {
  only(asked, [HS, RS, PS, ES, "EdDSA"]);
  const [, key] = pick(asked, "secret", "pem");
  const options = { key, algorithms: [asked.alg], ignoreExpiration: asked.kind === "jws" };
  if (asked.aud) options.allowedAud = asked.aud;
  if (asked.iss) options.allowedIss = asked.iss;
  return jwt.createVerifier(options)(asked.token);
}

const mint = (asked) => jwt.createSigner({ key: pick(asked, "secret", "pem")[1], algorithm: asked.alg })(number(asked));

serve(read, mint);
