import { ES, HS, PS, RS, number, only, pick, required, serve } from "./driver.mjs";

const { token } = required("@hapi/jwt");

function read(asked) {
  only(asked, [HS, RS, PS, ES, "EdDSA"]);
  const artifacts = token.decode(asked.token);
  const options = { aud: asked.aud ?? false, iss: asked.iss ?? false };
  if (asked.kind === "jws") options.exp = false;
  token.verify(artifacts, { key: pick(asked, "secret", "pem")[1], algorithms: [asked.alg] }, options);
  return artifacts.decoded.payload;
}

const mint = (asked) =>
  token.generate(number(asked), { key: pick(asked, "secret", "pem")[1], algorithm: asked.alg }, { iat: false });

serve(read, mint);
