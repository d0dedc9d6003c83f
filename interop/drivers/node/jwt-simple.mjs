import { HS, number, only, pick, required, serve } from "./driver.mjs";

const jwt = required("jwt-simple");

function read(asked) {
  only(asked, [HS, "RS256"]);
  return jwt.decode(asked.token, pick(asked, "secret", "pem")[1], false, asked.alg);
}

function mint(asked) {
  only({ ...asked, form: "compact" }, [HS, "RS256"]);
  return jwt.encode(number(asked), pick(asked, "secret", "pem")[1], asked.alg);
}

serve(read, mint);
