import { ES, RS, only, pick, required, serve } from "./driver.mjs";

const { verifyJwtSync } = required("aws-jwt-verify/jwt-verifier");

function read(asked) {
  only(asked, [RS, ES, "EdDSA"]);
  const [form, key] = pick(asked, "jwk", "jwks");
  const named = form === "jwk" ? { kid: "the one", ...key } : key;
  return verifyJwtSync(asked.token, named, { issuer: asked.iss, audience: asked.aud });
}

serve(read);
