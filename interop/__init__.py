"""Which valid tokens does every library read?

    make interop

gives valid tokens and keys (`cases/`) to many JOSE libraries (`libraries.py`), one small program for each
(`drivers/`), and lets each library mint tokens that all the others read (`minting.py`). What came of it is written to
docs/interop.json; the tables in docs/interop.md are made of that file (`tables.py`).

The protocol between `run.py` and a driver is JSON lines. In, on stdin, one question to a line:

    {"id": "B03", "token": "…", "alg": "HS256", "kind": "jwt", "form": "compact",
     "key": {"secret": "base64url", "jwk": {…}}, "aud": "shop", "iss": null, "payload": "base64url"}
    {"id": "HS256 integer", "mint": {"sub": "Zoë", "aud": "shop", "iat": …, "exp": …}, "alg": "HS256", "key": {…}}

`key` offers one key in the forms that a driver may choose from: `secret`, `jwk`, `pem`, `jwks`. `kind` is "jwt" where
the claims are to be checked and "jws" where the signature alone is. `payload` is there for what is detached. Out, on
stdout, one answer to a line, flushed:

    {"id": "B03", "claims": "the claims as JSON text"}     read; for a JWS {"id": …, "bytes": "base64"}
    {"id": "B03", "refused": "the library's own words"}
    {"id": "B03", "beyond": "alg ES256K"}                   the library does not claim to know this
    {"id": "HS256 integer", "token": "…"}                   minted

A driver uses its library as the library's manual says, names the algorithm that it expects, and turns on the checks
that the question asks for. The clock is frozen by `faketime`; a driver whose language asks the kernel itself takes
$NOW. No question holds anything invalid.
"""
