"""Shared by all Python drivers: the protocol of interop/__init__.py. Runs in each library's own environment."""

import base64
import contextlib
import datetime
import io
import json
import sys
import warnings

warnings.simplefilter("ignore")


class Beyond(Exception):
    """The library does not claim to support this."""


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pick(case, *forms):
    """The key in the first of these forms that the case has, and that form's name."""
    for form in forms:
        if form in case["key"]:
            value = case["key"][form]
            return form, unb64(value) if form == "secret" else value
    raise Beyond("key form " + ", ".join(case["key"]))


def only(case, *forms):
    """Raise Beyond for a serialization that the library does not claim to support."""
    if case["form"] not in forms:
        raise Beyond("form " + case["form"])


def expected(case):
    """The `aud` and `iss` that must be checked."""
    return {name: case[name] for name in ("aud", "iss") if case[name] is not None}


def kty(case):
    """The key type that the case's algorithm needs."""
    kinds = {"HS": "oct", "RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
    return kinds.get(case["alg"][:2], "AKP")


def claims(case):
    """The claims to mint, with `exp` as a datetime if the case asks for the library's date type."""
    if case["date"] is None:
        return case["mint"]
    return {**case["mint"], "exp": datetime.datetime.fromtimestamp(case["date"], datetime.UTC)}


def serve(read, mint=None):
    """Answer questions until stdin ends."""
    for line in sys.stdin:
        case = json.loads(line)
        answer = {"id": case["id"]}
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                answer |= _minted(mint, case) if "mint" in case else _read(read, case)
        except Beyond as why:
            answer["beyond"] = str(why)
        except Exception as error:
            answer["refused"] = f"{type(error).__name__}: {error}".replace("\n", " ")[:200]
        print(json.dumps(answer), flush=True)


def _minted(mint, case):
    if mint is None:
        raise Beyond("minting")
    token = mint(case)
    return {"token": token if isinstance(token, str) else token.decode()}


def _read(read, case):
    found = read(case)
    if isinstance(found, (bytes, str)):
        return {"bytes": base64.b64encode(found if isinstance(found, bytes) else found.encode()).decode()}
    return {"claims": json.dumps(found)}
