import { ES, HS, PS, RS, number, only, pick, required, serve } from "./driver.mjs";

const jwt = required("jsonwebtoken");

function read(asked) {
  only(asked, [HS, RS, PS, ES]);
  const [, key] = pick(asked, "secret", "pem");
  const options = { algorithms: [asked.alg], ignoreExpiration: asked.kind === "jws" };
  if (asked.aud) options.audience = asked.aud;
  if (asked.iss) options.issuer = asked.iss;
  return jwt.verify(asked.token, key, options);
}

const mint = (asked) => jwt.sign(number(asked), pick(asked, "secret", "pem")[1], { algorithm: asked.alg });

serve(read, mint);
