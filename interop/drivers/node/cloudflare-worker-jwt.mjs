import { ES, HS, RS, imported, number, only, pick, serve } from "./driver.mjs";

const jwt = await imported("@tsndr/cloudflare-worker-jwt");
const given = ([form, key]) => (form === "secret" ? key.toString() : key);

async function read(asked) {
  only(asked, [HS, RS, ES]);
  const key = given(pick(asked, "jwk", "secret", "pem"));
  const found = await jwt.verify(asked.token, key, { algorithm: asked.alg, throwError: true });
  if (!found) throw new Error("verify() undefined");
  return found.payload;
}

const mint = (asked) => jwt.sign(number(asked), given(pick(asked, "secret", "pem")), { algorithm: asked.alg });

serve(read, mint);
