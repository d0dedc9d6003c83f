"""The services that lessons run beside the reference module: mostly real HTTP servers on loopback.

They end with the notebook. They need Flask, which the reference module itself does not. The files and their lessons:

| file | lesson | role |
|---|---|---|
| `http` | all | serves an app on a free port; sends it requests, and shows the whole exchange |
| `wasm` | all | in a browser: answers `http`'s requests in the same process |
| `passwords` | – | how the services keep passwords |
| `login` | 00, 03 | gives a token for a password |
| `api` | 03, 11 | answers requests with a good token |
| `sha256` | 02 | the inner step of SHA-256, for length extension |
| `archive` | 04 | a strongroom behind a verifier; the vulnerable services of this lesson share it |
| `verifier` | 04, 05, 06, 07 | the verifier, with the algorithms of each of these lessons |
| `p256` | 06 | the addition of points, for the signing server and for learners who are stuck |
| `telescope` | 08 | answers requests with a good pass, a token |
| `jwks` | 08 | an issuer's key endpoint, and a verifier's request to it |
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
| `record` | 11 | the record of requests and answers |
| `station` | 11 | all of these, put together |
| `corpus` | 12 | the tokens that a verifier must refuse, and those that it must accept |
| `defences` | 12 | a decoder whose defences can be taken away |
| `depot` | 13 | gives tokens to services; an API with a function of the learner's that decides each request |
| `dpop` | 13 | a client's proofs, and the server's memory of them |
| `published` | 13, 14 | examples from RFCs |
| `sealed` | 14 | encrypted tokens |
| `sd_jwt` | 14 | tokens whose holder shows some claims and keeps the rest |
| `advice` | – | `grader advice`: which libraries would not read this token |
| `forgeries` | 04–09 | forged tokens, a file for each lesson, and their replay against a learner's verifier |
| `vulnerable` | 02–11 | broken services, one flaw in each file |
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .http import Exchange, Server, fetch, serve

__all__ = ["Exchange", "Server", "fetch", "serve"]


def __getattr__(name: str) -> object:
    """Import `http`, and with it a web server, only where one of its names is used: exercises need other files."""
    if name in __all__:
        from . import http

        return getattr(http, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
