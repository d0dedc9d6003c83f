// What all Node drivers share: the protocol of interop/__init__.py. The library lies in $LIBRARY/node_modules.
import fs from "node:fs";
import { createRequire } from "node:module";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const here = createRequire(`${process.env.LIBRARY}/here.js`);
export const required = (name) => here(name);
export const imported = (name) => import(pathToFileURL(here.resolve(name)).href);

export class Beyond extends Error {}
export const unb64 = (text) => Buffer.from(text, "base64url");

export const HS = "HS256 HS384 HS512", RS = "RS256 RS384 RS512", PS = "PS256 PS384 PS512", ES = "ES256 ES384 ES512";

/** Refuse to judge an algorithm or a serialization that the library does not know. */
export function only(asked, algorithms, forms = ["compact"]) {
  if (!forms.includes(asked.form)) throw new Beyond(`form ${asked.form}`);
  if (algorithms && !algorithms.join(" ").split(" ").includes(asked.alg)) throw new Beyond(`alg ${asked.alg}`);
}

/** The key in the first of these forms that is offered, and which one it is. */
export function pick(asked, ...forms) {
  for (const form of forms) {
    if (form in asked.key) return [form, form === "secret" ? unb64(asked.key[form]) : asked.key[form]];
  }
  throw new Beyond(`key form ${Object.keys(asked.key).join(", ")}`);
}

/** The payload as it stands in a compact token. */
export const bytesOf = (asked) => unb64(asked.token.split(".")[1]);

/** The claims to mint, `exp` as a Date where the question asks for the library's date type. */
export const dated = (asked) => (asked.date === null ? asked.mint : { ...asked.mint, exp: new Date(asked.date * 1000) });

export const number = (asked) => {
  if (asked.date !== null) throw new Beyond("a date type");
  return asked.mint;
};

async function answer(asked, read, mint) {
  if ("mint" in asked) {
    if (!mint) throw new Beyond("minting");
    return { token: await mint(asked) };
  }
  const found = await read(asked);
  if (Buffer.isBuffer(found)) return { bytes: found.toString("base64") };
  if (typeof found === "string") return { bytes: Buffer.from(found).toString("base64") };
  return { claims: JSON.stringify(found) };
}

/** Answer one question after the other, until stdin ends. */
export async function serve(read, mint) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    let said;
    try {
      said = await answer(asked, read, mint);
    } catch (error) {
      const why = `${error?.name ?? "Error"}: ${error?.message ?? error}`.replace(/\n/g, " ").slice(0, 200);
      said = error instanceof Beyond ? { beyond: error.message } : { refused: why };
    }
    fs.writeSync(1, `${JSON.stringify({ id: asked.id, ...said })}\n`);
  }
  process.exit(0);
}
