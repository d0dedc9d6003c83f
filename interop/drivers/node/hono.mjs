import { ES, HS, PS, RS, imported, number, only, pick, serve } from "./driver.mjs";

const jwt = await imported("hono/jwt");
const given = ([form, key]) => (form === "secret" ? key.toString() : key);

async function read(asked) {
  only(asked, [HS, RS, PS, ES, "EdDSA"]);
  const [form, key] = pick(asked, "jwk", "secret", "pem", "jwks");
  if (form === "jwks") return jwt.verifyWithJwks(asked.token, { keys: key.keys, allowedAlgorithms: [asked.alg] });
  const options = { alg: asked.alg };
  if (asked.aud) options.aud = asked.aud;
  if (asked.iss) options.iss = asked.iss;
  if (asked.kind === "jws") options.exp = false;
  return jwt.verify(asked.token, given([form, key]), options);
}

const mint = (asked) => jwt.sign(number(asked), given(pick(asked, "secret", "pem")), asked.alg);

serve(read, mint);
