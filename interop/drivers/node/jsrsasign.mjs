import { ES, HS, PS, RS, bytesOf, number, only, pick, required, serve } from "./driver.mjs";

const { KJUR, KEYUTIL } = required("jsrsasign");
const { JWS } = KJUR.jws;

function keyOf(asked) {
  const [form, key] = pick(asked, "secret", "jwk", "pem");
  if (form === "secret") return { hex: key.toString("hex") };
  return form === "jwk" && key.kty === "oct" ? { b64u: key.k } : KEYUTIL.getKey(key);
}

function read(asked) {
  only(asked, [HS, RS, PS, ES]);
  const key = keyOf(asked);
  if (asked.kind === "jws") {
    if (!JWS.verify(asked.token, key, [asked.alg])) throw new Error("verify() false");
    return bytesOf(asked);
  }
  const options = { alg: [asked.alg] };
  if (asked.aud) options.aud = [asked.aud];
  if (asked.iss) options.iss = [asked.iss];
  if (!JWS.verifyJWT(asked.token, key, options)) throw new Error("verifyJWT() false");
  return JWS.parse(asked.token).payloadObj;
}

function mint(asked) {
  const [form, key] = pick(asked, "secret", "pem");
  const header = JSON.stringify({ alg: asked.alg });
  return JWS.sign(null, header, JSON.stringify(number(asked)), form === "secret" ? { hex: key.toString("hex") } : key);
}

serve(read, mint);
