// Node's own Web Crypto: what a browser would use, without any library.
import { webcrypto } from "node:crypto";
import { ES, HS, PS, RS, bytesOf, only, pick, serve, unb64 } from "./driver.mjs";

const NAMES = { HS: "HMAC", RS: "RSASSA-PKCS1-v1_5", PS: "RSA-PSS", ES: "ECDSA", Ed: "Ed25519" };

function parameters(asked, jwk) {
  const name = NAMES[asked.alg.slice(0, 2)];
  const hash = `SHA-${asked.alg.slice(2, 5)}`;
  if (name === "ECDSA") return { name, hash, namedCurve: jwk.crv };
  if (name === "Ed25519") return { name: jwk.crv ?? name };
  return { name, hash, saltLength: Number(asked.alg.slice(2)) / 8 };
}

async function read(asked) {
  only(asked, [HS, RS, PS, ES, "EdDSA Ed25519"]);
  const [, jwk] = pick(asked, "jwk");
  const how = parameters(asked, jwk);
  const key = await webcrypto.subtle.importKey("jwk", jwk, how, false, ["verify"]);
  const [header, payload, signature] = asked.token.split(".");
  if (!(await webcrypto.subtle.verify(how, key, unb64(signature), Buffer.from(`${header}.${payload}`)))) {
    throw new Error("verify false");
  }
  return bytesOf(asked);
}

serve(read);
