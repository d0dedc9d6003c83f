"""What the lessons run beside the reference module: mostly real HTTP servers on loopback, closed with the notebook.

They need Flask, which the reference module itself does not. Which file belongs to which lesson, and what it is there:

| file | lesson | role |
|---|---|---|
| `http` | all | serves an app on a free port; asks it something, with the whole exchange in view |
| `wasm` | all | in a browser: answers in the same process what `http` is asked |
| `passwords` | – | how the services keep passwords |
| `login` | 00, 03 | a password in, a token out |
| `api` | 03, 11 | opens to whoever brings a good token |
| `sha256` | 02 | the inner step of SHA-256, for length extension |
| `archive` | 04 | a strongroom behind a verifier; the vulnerable services of this lesson share it |
| `verifier` | 04, 05, 06, 07 | the verifier, as far as each of these lessons has got |
| `p256` | 06 | the addition of points, for the signing server and for who is stuck |
| `telescope` | 08 | turns for whoever brings a good pass |
| `jwks` | 08 | an issuer's key endpoint, and a verifier's question to it |
| `hall` | 09 | a website that knows its members by sessions or tokens |
| `proxy` | 09 | one address in front of several nodes |
| `shared` | 09 | the database behind several nodes |
| `shed` | 10 | a website that keeps a token in the browser |
| `kittens` | 10 | the attacker's website |
| `browsers` | 10 | Chromium, or the model of it |
| `browser_model` | 10 | that model |
| `page_scripts` | 10 | the pages' scripts, in JavaScript and in Python for the model |
| `issuer` | 11 | sees the password; codes and tokens for clients |
| `client` | 11 | a website that asks the issuer who its visitor is |
| `visitor` | 11 | somebody with a browser |
| `record` | 11 | who said what to whom |
| `station` | 11 | all of these, put together |
| `corpus` | 12 | the tokens that a verifier must refuse, and those that it must accept |
| `defences` | 12 | a decoder whose defences can be taken away |
| `depot` | 13 | gives tokens to services; an API whose owner judges each request |
| `dpop` | 13 | a client's proofs, and the server's memory of them |
| `published` | 13, 14 | examples from RFCs |
| `sealed` | 14 | encrypted tokens |
| `sd_jwt` | 14 | tokens whose holder shows some claims and keeps the rest |
| `advice` | – | `grader advice`: who would not read this token |
| `forgeries` | 04–09 | forged tokens, a file for each lesson, and their replay against a learner's verifier |
| `vulnerable` | 02–11 | broken services, one flaw in each file |
"""

from .http import Exchange, Server, fetch, serve

__all__ = ["Exchange", "Server", "fetch", "serve"]
