import { imported, pick, serve, unb64 } from "./driver.mjs";

const jose = await imported("jose");

async function keyOf(asked, ...forms) {
  const [form, key] = pick(asked, ...forms);
  if (form === "jwks") return jose.createLocalJWKSet(key);
  if (form === "jwk") return jose.importJWK(key, asked.alg);
  if (form === "secret") return key;
  if (key.includes("CERTIFICATE")) return jose.importX509(key, asked.alg);
  return /BEGIN [A-Z ]*PRIVATE/.test(key) ? jose.importPKCS8(key, asked.alg) : jose.importSPKI(key, asked.alg);
}

async function read(asked) {
  const key = await keyOf(asked, "jwk", "secret", "pem", "jwks");
  const options = { algorithms: [asked.alg] };
  const { form, token } = asked;
  if (form === "general") return Buffer.from((await jose.generalVerify(JSON.parse(token), key, options)).payload);
  if (form === "flat") return Buffer.from((await jose.flattenedVerify(JSON.parse(token), key, options)).payload);
  if (form.startsWith("detached")) {
    const [header, , signature] = token.split(".");
    const payload = form === "detached" ? asked.payload : unb64(asked.payload);
    const found = await jose.flattenedVerify({ protected: header, payload, signature }, key, options);
    return Buffer.from(found.payload);
  }
  if (asked.kind === "jws") return Buffer.from((await jose.compactVerify(token, key, options)).payload);
  if (asked.aud) options.audience = asked.aud;
  if (asked.iss) options.issuer = asked.iss;
  return (await jose.jwtVerify(token, key, options)).payload;
}

async function mint(asked) {
  const token = new jose.SignJWT(asked.mint).setProtectedHeader({ alg: asked.alg });
  if (asked.date !== null) token.setExpirationTime(new Date(asked.date * 1000));
  return token.sign(await keyOf(asked, "secret", "pem"));
}

serve(read, mint);
