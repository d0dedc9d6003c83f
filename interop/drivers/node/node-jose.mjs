import { Beyond, number, only, pick, required, serve } from "./driver.mjs";

const { JWK, JWS } = required("node-jose");

async function keyOf(asked) {
  const [form, key] = pick(asked, "jwk", "pem", "jwks");
  if (form === "jwks") return JWK.asKeyStore(key);
  return form === "jwk" ? JWK.asKey(key) : JWK.asKey(key, "pem");
}

async function read(asked) {
  only(asked, null, ["compact", "flat", "general"]);
  if (/^Ed|^ML|^ES256K/.test(asked.alg)) throw new Beyond(`alg ${asked.alg}`);
  const verifier = JWS.createVerify(await keyOf(asked), { algorithms: ["HS*", "RS*", "PS*", "ES*"] });
  const { payload } = await verifier.verify(asked.form === "compact" ? asked.token : JSON.parse(asked.token));
  return asked.kind === "jws" ? payload : JSON.parse(payload.toString());
}

async function mint(asked) {
  const [, jwk] = pick(asked, "jwk");
  const signer = JWS.createSign({ format: "compact", alg: asked.alg }, await JWK.asKey(jwk));
  return signer.update(JSON.stringify(number(asked))).final();
}

serve(read, mint);
