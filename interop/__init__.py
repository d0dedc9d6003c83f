"""Which valid tokens does every library read?

    make interop

gives valid tokens and keys (`cases/`) to many JOSE libraries (`libraries.py`), through a small program for each
(`drivers/`), and lets each library mint tokens that all the others read (`minting.py`). The results are written to
docs/interop.json; the tables in docs/interop.md are made from that file (`tables.py`).

The protocol between `asking.py` and a driver is JSON lines. A driver reads from stdin one question per line:

    {"id": "B03", "token": "…", "alg": "HS256", "kind": "jwt", "form": "compact",
     "key": {"secret": "base64url", "jwk": {…}}, "aud": "shop", "iss": null, "payload": "base64url"}
    {"id": "HS256 integer", "mint": {"sub": "Zoë", "aud": "shop", "iat": …, "exp": …}, "alg": "HS256", "key": {…}}

`key` is one key in several forms, from which a driver may choose: `secret`, `jwk`, `pem`, `jwks`. `kind` is "jwt" if
the claims are to be checked, and "jws" if only the signature is. `payload` is for tokens with a detached payload. A
driver writes to stdout one answer per line, flushed:

    {"id": "B03", "claims": "the claims as JSON text"}     read; for a JWS {"id": …, "bytes": "base64"}
    {"id": "B03", "refused": "the library's error message"}
    {"id": "B03", "beyond": "alg ES256K"}                   the library does not claim to know this
    {"id": "HS256 integer", "token": "…"}                   minted

A driver uses its library as the library's manual says, names the algorithm that it expects, and turns on the checks
that the question asks for. The clock is frozen by `faketime`; a driver whose language reads the clock without libc uses
$NOW. All tokens and keys in questions are valid.
"""
