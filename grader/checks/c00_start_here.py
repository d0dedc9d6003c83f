"""Chapter 00: a token taken apart."""

import base64
import json
from typing import Any

from jwt_from_scratch import Key, encode
from jwt_from_scratch.encoding import b64u_decode, b64u_encode

from ..judging.legacy.case import Case, exercise


@exercise(
    "split_token",
    points=5,
    spec="RFC 7515 §7.1",
    forbids=("jwt", "jwt_from_scratch"),
    hints=(
        "A token is text with dots in it. Which method of `str` cuts a text at every dot, and how many pieces "
        "must there be?",
        "Unpacking a list into exactly three names already raises ValueError when there are not three. Each piece then "
        "goes through `from_base64url`, which gives bytes.",
        "The first two are JSON: `json.loads(from_base64url(header))`, and the same for the payload. The signature "
        "is not JSON; leave it as bytes. Return all three, separated by commas.",
    ),
)
def split_token(case: Case) -> None:
    """Header, payload, signature; nothing is verified here."""
    for token in _tokens(case):
        header, payload, signature = token.split(".")
        case.equal(token, (json.loads(b64u_decode(header)), json.loads(b64u_decode(payload)), b64u_decode(signature)))
    three = "A signed token has exactly three segments, so two dots (RFC 7515 §7.1)."
    token = _tokens(case)[0]
    case.raises(token.rpartition(".")[0], ValueError, why=three)
    case.raises(token + "." + b64u_encode(case.random.randbytes(12)), ValueError, why=three)
    case.raises(f"{token}.{token.partition('.')[2]}", ValueError, why="Five segments are an encrypted token, a JWE.")
    header, payload, _ = token.split(".")
    case.equal(
        f"{header}.{payload}.",
        (json.loads(b64u_decode(header)), json.loads(b64u_decode(payload)), b""),
        why="An empty signature is a part too; whether it fits is not this function's business.",
    )
    for text in ("no dots at all", f".{token}", f"{token}.", token.replace(".", "..", 1)):
        case.raises(text, ValueError, why=three)
    case.mistake(
        lambda token: _taken_apart(token, pad=lambda text: text),
        "Python's base64 decoder wants the length to be a multiple of four; a token leaves the '=' out. "
        "`from_base64url` puts them back.",
    )
    case.mistake(
        lambda token: _taken_apart(token, pad=lambda text: text + "==", decode=base64.b64decode),
        "This is the standard alphabet. A token uses the one for URLs, with - and _; `from_base64url` knows it.",
    )
    case.mistake(
        lambda token: tuple(dict(_decode(part)) for part in _three(token)),  # type: ignore[arg-type]
        "`dict` can't read JSON; `json.loads` can.",
    )
    case.mistake(
        lambda token: _taken_apart(token, decode=base64.b64decode),
        "This is the standard alphabet. A token uses the one for URLs, with - and _ in place of + and /.",
    )
    case.mistake(
        lambda token: (*_taken_apart(token)[:2], token.split(".")[2]),
        "The signature is still base64url text; decode it to bytes like the other two.",
    )
    case.mistake(
        lambda token: (*_taken_apart(token)[:2], _taken_apart(token)[2].hex()),
        "The signature should be the bytes themselves, not their hexadecimal form.",
    )
    case.mistake(
        lambda token: tuple(_decode(part) for part in _three(token)),
        "The header and the payload are still bytes; `json.loads` makes dicts of them.",
    )
    case.mistake(
        lambda token: tuple(_decode(part).decode() if i < 2 else _decode(part) for i, part in enumerate(_three(token))),
        "The header and the payload are still text; `json.loads` makes dicts of them.",
    )
    case.mistake(lambda token: list(_taken_apart(token)), "Return a tuple, `a, b, c`; this is a list.")
    case.mistake(
        lambda token: _taken_apart(".".join([*token.split("."), "", ""][:3])),
        "You take the first three pieces and never look whether there are more, or fewer.",
    )
    case.mistake(
        lambda token: (_taken_apart(token)[1], _taken_apart(token)[0], _taken_apart(token)[2]),
        "Header and payload have changed places: the header comes first.",
    )


def _tokens(case: Case) -> list[str]:
    """Signed tokens whose signatures use the letters - and _ and come in both byte lengths."""
    tokens: list[str] = []
    for alg in ("HS256", "HS384", "HS256", "HS512"):
        key = Key.from_secret(case.random.randbytes(64), alg)
        claims = {"sub": case.random.choice(["ada", "grace"]), "exp": case.random.randrange(2**31), "vip": True}
        while True:
            token = encode({**claims, "jti": b64u_encode(case.random.randbytes(6))}, key)
            if {"-", "_"} <= set(token.rpartition(".")[2]):
                break
        tokens.append(token)
    # One payload with letters outside ASCII: the bytes between base64url and JSON are UTF-8.
    return [*tokens, encode({"name": "Ægir Þórsdóttir", "n": [1, {"deep": None}]}, Key.from_secret(bytes(32)))]


def _three(token: str) -> list[str]:
    header, payload, signature = token.split(".")
    return [header, payload, signature]


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _taken_apart(
    token: str, pad: Any = lambda text: text + "=" * (-len(text) % 4), decode: Any = base64.urlsafe_b64decode
) -> tuple[Any, Any, bytes]:
    header, payload, signature = (decode(pad(part)) for part in _three(token))
    return json.loads(header), json.loads(payload), signature
