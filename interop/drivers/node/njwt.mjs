import { ES, HS, RS, number, only, pick, required, serve } from "./driver.mjs";

const njwt = required("njwt");

function read(asked) {
  only(asked, [HS, RS, ES]);
  const found = njwt.verify(asked.token, pick(asked, "secret", "pem")[1], asked.alg).body;
  return JSON.parse(JSON.stringify(found));
}

function mint(asked) {
  const key = pick(asked, "secret", "pem")[1];
  if (asked.date === null) return njwt.create(number(asked), key, asked.alg).setExpiration(asked.mint.exp * 1000).compact();
  return njwt.create(asked.mint, key, asked.alg).setExpiration(new Date(asked.date * 1000)).compact();
}

serve(read, mint);
