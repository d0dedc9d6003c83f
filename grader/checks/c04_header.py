"""Chapter 04: the header belongs to whoever sends the token, so the key decides."""

import base64
import functools
import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ..inside.values import show
from ..judging import library
from ..judging.case import Case, exercise

_TOKEN_MAKERS = ("jwt", "joserfc", "jwt_from_scratch.jwt", "jwt_from_scratch.jws", "jwt_from_scratch.keys")


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _signed(header: Any, claims: Any, secret: bytes) -> str:
    """A token over this header and these claims; either may be the JSON's bytes themselves."""
    first, second = (b64u_encode(part if isinstance(part, bytes) else json_dumps(part)) for part in (header, claims))
    return f"{first}.{second}.{b64u_encode(_hmac(secret, f'{first}.{second}'.encode()))}"


# -- the four forgeries -----------------------------------------------------------------------------------------------

Broken = Callable[[str, str], str]
"""A server with one flaw, as a pure function of a token and the honest one it was made from: what keeps the token out,
or "" when it gets in."""

_FORGES = (*_TOKEN_MAKERS, "jwt_from_scratch.services.forgeries")
_TAKE_APART = "`header, payload, signature = token.split('.')`; `as_admin(payload)` is the new second segment."


@exercise(
    "forge_none",
    points=3,
    spec="RFC 7518 §3.6",
    forbids=_FORGES,
    hints=(
        "You write all three segments. What would the header of a token say that nobody signed?",
        _TAKE_APART + " The new header is `{'alg': 'none'}`. An unsigned token has an empty third segment.",
        "`header, payload, signature = token.split('.')`, then "
        "`return write({'alg': 'none'}) + '.' + as_admin(payload) + '.'`.",
    ),
)
def forge_none(case: Case) -> None:
    """A token that says that it needs no signature."""
    _forgery(case, lambda: _takes_none, _none_with, [])
    case.mistake(
        _none_with(header=lambda header: {**header, "alg": None}),
        "alg is null here. The server waits for the text 'none'.",
    )
    case.mistake(
        _none_with(header=lambda header: header),
        "The header still says HS256, so the server will look for an HMAC. Change alg to 'none'.",
    )
    case.mistake(
        _none_with(header=lambda header: {name: value for name, value in header.items() if name != "alg"}),
        "The header has no alg any more. It must have one, and it must say 'none'.",
    )
    case.mistake(
        _none_with(seal=lambda message, old: old),
        "The old signature is still there. An unsigned token has an empty third segment (RFC 7518 §3.6).",
    )
    case.mistake(
        _none_with(seal=lambda message, old: _hmac(b"", message)),
        "It signs with an empty key, but a token with alg none is not signed at all: its third segment is empty.",
    )


def _none_with(**wrong: Any) -> Callable[..., Any]:
    header = wrong.pop("header", lambda header: {**header, "alg": "none"})
    return _forge_with(header, wrong.pop("seal", lambda message, old: b""), **wrong)


@exercise(
    "forge_null_signature",
    points=3,
    spec="RFC 7515 §5.2",
    forbids=_FORGES,
    hints=(
        "This server insists on HS256, so the header stays as it is. Which signature does it never compare?",
        _TAKE_APART + " Keep the header segment. The third segment has no characters, but its dot is there.",
        "`header, payload, signature = token.split('.')`, then `return header + '.' + as_admin(payload) + '.'`.",
    ),
)
def forge_null_signature(case: Case) -> None:
    """A token whose header asks for a signature that is not there."""
    _forgery(case, lambda: _skips_empty, _null_with, [])
    case.mistake(
        _null_with(header=lambda header: {**header, "alg": "none"}),
        "The header says none, and this server takes nothing but HS256. Leave the header as it is.",
    )
    case.mistake(
        _null_with(seal=lambda message, old: old),
        "The old signature is still there, and it does not fit the new payload. The third segment must be empty.",
    )
    case.mistake(
        _null_with(seal=lambda message, old: bytes(32)),
        "Zero bytes are not nothing: the third segment is a signature of 32 bytes here, which the server compares.",
    )
    case.mistake(
        _null_with(seal=lambda message, old: b"null"),
        "The third segment holds the word null. It must hold nothing: the token ends with its second dot.",
    )


def _null_with(**wrong: Any) -> Callable[..., Any]:
    header = wrong.pop("header", lambda header: header)
    return _forge_with(header, wrong.pop("seal", lambda message, old: b""), **wrong)


@exercise(
    "forge_kid",
    points=3,
    spec="RFC 7515 §4.1.4",
    forbids=_FORGES,
    hints=(
        "The server opens the file that kid names and takes its content as the key. You may name any file. Which "
        "content do you know?",
        "The header gets `kid` = path. Read the same file yourself, as bytes: that is the key. Then sign as HS256 "
        "does, over the new header and the new payload.",
        "`signing_input = write({'alg': 'HS256', 'kid': path}) + '.' + as_admin(payload)`; then "
        "`hmac.new(Path(path).read_bytes(), signing_input.encode(), hashlib.sha256).digest()`, through `b64u_encode`, "
        "is the third segment.",
    ),
)
def forge_kid(case: Case) -> None:
    """A token that tells the server where its key lies."""
    folder = library.HERE
    names = ["keyword.py", "bisect.py", "colorsys.py", "opcode.py", "sched.py", "queue.py", "stat.py", "this.py"]
    public = [library.seen(folder / name) for name in names if (folder / name).is_file()]
    binary = [library.seen(path) for path in _not_text()]
    paths = [os.devnull, *case.random.sample(public, 3 - len(binary)), *binary]
    case.random.shuffle(paths)
    _forgery(case, _opens, _kid_with, paths)
    case.mistake(
        _kid_with(header=lambda header, path: header),
        "kid is still the old one, so the server opens its own key file. Put the path into the header.",
    )
    case.mistake(
        _kid_with(header=lambda header, path: {**header, "kid": Path(path).name}),
        "kid is only the file's name. The server needs the whole path to find it.",
    )
    case.mistake(
        _kid_with(seal=lambda message, old, path: _hmac(path.encode(), message)),
        "The path itself was used as the key. The server uses what is in the file.",
    )
    case.mistake(
        _kid_with(seal=lambda message, old, path: _hmac(b"", message)),
        "The key is empty. That is right for an empty file only: read the file, its bytes are the key.",
    )
    case.mistake(
        _kid_with(seal=lambda message, old, path: _hmac(library.file(path).read_bytes().strip(), message)),
        "The file's content was stripped. The server takes every byte of it, the last line break too.",
    )
    case.mistake(
        _kid_with(seal=lambda message, old, path: _hmac(library.file(path).read_text("utf-8").encode(), message)),
        "The file was opened as text. Where it is none, that fails or changes its bytes: `Path(path).read_bytes()`.",
    )
    case.mistake(
        _kid_with(seal=lambda message, old, path: _hmac(_as_latin_1(library.file(path).read_bytes()), message)),
        "The file was read as text in latin-1 and encoded anew, which changes its bytes: `Path(path).read_bytes()`.",
    )
    case.mistake(
        _kid_with(seal=lambda message, old, path: _hmac(library.file(path).read_bytes(), message).hex().encode()),
        "The signature is made of hexadecimal digits. Take `.digest()`, not `.hexdigest()`, and b64u_encode that.",
    )
    case.mistake(
        _kid_with(seal=lambda message, old, path: old),
        "The old signature does not fit the new header and payload. Sign them with the bytes of the file.",
    )
    case.mistake(
        _kid_with(seal=lambda message, old, path: _hmac(library.file(path).read_text("utf-8"), message)),  # type: ignore[arg-type]
        "The file was opened as text, but an HMAC key is bytes: `Path(path).read_bytes()`.",
    )


@functools.cache
def _not_text() -> list[Path]:
    """The path of a file of Python's own that is no text, in a list; an empty one where there is none."""
    folder = library.HERE
    files = [*folder.glob("lib-dynload/*.so"), *folder.glob("__pycache__/*.pyc")]
    files.sort(key=lambda path: (path.suffix != ".so", path.stat().st_size, path.name))
    return [path for path in files if {0x0D, 0xFF} <= set(path.read_bytes())][:1]


def _as_latin_1(content: bytes) -> bytes:
    """What becomes of a file's bytes that are read as text, line breaks and all, and written in UTF-8."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("latin-1").encode()


def _kid_with(**wrong: Any) -> Callable[..., Any]:
    header = wrong.pop("header", lambda header, path: {**header, "kid": path})
    seal = wrong.pop("seal", lambda message, old, path: _hmac(library.file(path).read_bytes(), message))
    return _forge_with(header, seal, **wrong)


@exercise(
    "forge_empty_key",
    points=3,
    spec="RFC 7518 §3.2",
    forbids=_FORGES,
    hints=(
        "The server looks its key up under the token's kid. What does it find for a kid that it has never heard of?",
        "Change kid to a name that no key has. Then the key is `b''`, no bytes at all, and you can compute the HMAC as "
        "well as the server.",
        "`signing_input = write({'alg': 'HS256', 'kid': 'no such key'}) + '.' + as_admin(payload)`; then "
        "`hmac.new(b'', signing_input.encode(), hashlib.sha256).digest()`, through `b64u_encode`, is the third "
        "segment.",
    ),
)
def forge_empty_key(case: Case) -> None:
    """A token under a key that the server does not have."""
    _forgery(case, lambda: _finds_no_key, _empty_with, [])
    case.mistake(
        _empty_with(header=lambda header: header),
        "kid is still the old one. The server knows it and takes its real key; name one that it does not know.",
    )
    case.mistake(
        _empty_with(seal=lambda message, old: b""),
        "The signature is empty, but it is the key that must be: sign with `b''` as the key.",
    )
    case.mistake(
        _empty_with(seal=lambda message, old: _hmac("", message)),  # type: ignore[arg-type]
        "An HMAC key is bytes: the empty one is `b''`, not `''`.",
    )
    case.mistake(
        _empty_with(header=lambda header: {**header, "alg": "none", "kid": "nobody"}),
        "The header says none, and this server takes nothing but HS256. Only kid changes.",
    )
    case.mistake(
        _empty_with(seal=lambda message, old: _hmac(b"", message).hex().encode()),
        "The signature is made of hexadecimal digits. Take `.digest()`, not `.hexdigest()`, and b64u_encode that.",
    )
    case.mistake(
        _empty_with(seal=lambda message, old: old),
        "The old signature does not fit the new header and payload. Compute a new one, with `b''` as the key.",
    )


def _empty_with(**wrong: Any) -> Callable[..., Any]:
    header = wrong.pop("header", lambda header: {**header, "kid": "no such key"})
    return _forge_with(header, wrong.pop("seal", lambda message, old: _hmac(b"", message)), **wrong)


def _forgery(case: Case, broken: Callable[..., Broken], forge_with: Callable[..., Any], extra: list[str]) -> None:
    """Honest tokens of readers; each answer must get past the broken server, with role admin and all other claims."""
    number = case.random.randrange(10**6)
    readers: list[dict[str, Any]] = [
        {"sub": "mallory", "role": "reader", "exp": 1_900_000_000 + number},
        {"iss": "https://login.example", "sub": f"user-{number}", "aud": ["shop", "forum"], "role": "customer"},
        {"role": ["reader"], "name": "Þórður ☃", "nested": {"role": "reader", "n": 1.5}, "nickname": None},
        {"sub": "mallory", "jti": case.random.randbytes(8).hex()},
    ]
    for index, claims in enumerate(readers):
        kid, secret = f"key-{case.random.randrange(10**6)}", case.random.randbytes(32)
        token = _signed({"alg": "HS256", "typ": "JWT", "kid": kid}, claims, secret)
        more = tuple(extra[index : index + 1])
        predicate = _passes(broken(*more), token, claims)
        case.satisfies((token, *more), predicate, "return a token that this server lets in, with role admin")
    case.mistake(
        lambda token, *more: token,
        "The token comes back as it was. Take it apart, change it, and put it together again.",
    )
    case.mistake(
        forge_with(claims=lambda claims: claims),
        "The role is still the old one. Decode the payload, change the role, and encode it again.",
    )
    case.mistake(
        forge_with(claims=lambda claims: {"role": "admin"}),
        "The other claims are gone. Start from the token's own claims and change only the role.",
    )
    case.mistake(
        forge_with(claims=lambda claims: {"sub": "mallory", "role": "admin", "exp": 1_800_000_000}),
        "Every token gives the same payload, as if `payload` came from the notebook. Take the argument apart.",
    )
    case.mistake(
        forge_with(claims=lambda claims: {"role": "reader", **claims, "admin": True}),
        "It adds a claim, but this server looks at `role`, which must be 'admin'.",
    )
    case.mistake(
        forge_with(encode=lambda data: base64.urlsafe_b64encode(data).decode()),
        "The segments carry '=' padding. Use b64u_encode.",
    )
    case.mistake(forge_with(finish=str.encode), "The token is bytes; the function returns text.")
    case.mistake(
        forge_with(finish=lambda token: token.rpartition(".")[0]),
        "A token has three segments, even if the last one is empty: the second dot must be there.",
    )


def _passes(broken: Broken, honest: str, claims: dict[str, Any]) -> Callable[[Any], bool | str]:
    def predicate(token: Any) -> bool | str:
        if token == honest:
            return "the token must be changed"
        if not isinstance(token, str):
            return f"a token is text, not {type(token).__name__}"
        if token.count(".") != 2:
            return f"a token has two dots, this one has {token.count('.')}"
        if "=" in token:
            return "the segments must not be padded with '='"
        try:
            header, got = (json_loads_strict(b64u_decode(segment)) for segment in token.split(".")[:2])
            b64u_decode(token.split(".")[2])
        except ValueError:
            return "the segments must be base64url, the first two of them of JSON"
        if not isinstance(header, dict) or not isinstance(got, dict):
            return "header and payload must be JSON objects"
        return broken(token, honest) or _claims_fault(got, claims) or True

    return predicate


def _claims_fault(got: dict[str, Any], claims: dict[str, Any]) -> str:
    if got.get("role") != "admin":
        return f"the role must be 'admin', but it is {show(got.get('role'), 30)}"
    if claims.keys() - got.keys():
        return "every claim but role must stay as it was, and some are gone"
    if json.dumps(got, sort_keys=True) != json.dumps({**claims, "role": "admin"}, sort_keys=True):
        return "every claim but role must stay as it was, and none may be added"
    return ""


def _parts(token: str) -> tuple[dict[str, Any], bytes, bytes]:
    """Header, signing input and signature."""
    header, payload, signature = token.split(".")
    return json_loads_strict(b64u_decode(header)), f"{header}.{payload}".encode(), b64u_decode(signature)


def _not_hs256(header: dict[str, Any]) -> str:
    alg = header.get("alg")
    return "" if alg == "HS256" else f"the header's alg must be 'HS256', but it is {show(alg, 30)}"


def _takes_none(token: str, honest: str) -> str:
    """A server that obeys alg none (RFC 7518 §3.6), however it is spelled."""
    header = _parts(token)[0]
    alg = header.get("alg")
    if "alg" not in header:
        return "the header must have an alg, which must be 'none'"
    if not isinstance(alg, str) or alg.lower() != "none":
        return f"the header's alg must be 'none', but it is {show(alg, 30)}"
    return _not_empty(token, honest)


def _skips_empty(token: str, honest: str) -> str:
    """A server that insists on HS256, and compares a signature only if there is one."""
    return _not_hs256(_parts(token)[0]) or _not_empty(token, honest)


def _not_empty(token: str, honest: str) -> str:
    """What stands in a third segment that should be empty."""
    _, message, signature = _parts(token)
    likely = {
        _parts(honest)[2]: "it is the old signature",
        _hmac(b"", message): "it is an HMAC with an empty key",
        bytes(len(signature)): f"it has {len(signature)} zero bytes",
        b"null": "it holds the word null",
    }
    reason = likely.get(signature, f"it has {len(token.rpartition('.')[2])} characters")
    return f"the third segment must be empty, but {reason}" if signature else ""


def _opens(path: str) -> Broken:
    """A server that takes as key the file which kid names."""
    content = library.file(path).read_bytes()

    def broken(token: str, honest: str) -> str:
        header, message, _ = _parts(token)
        if wrong := _not_hs256(header):
            return wrong
        if header.get("kid") != path:
            return f"the header's kid must be the path, but it is {show(header.get('kid'), 30)}"
        likely = {
            _hmac(path.encode(), message): "its key is the path itself",
            _hmac(content.strip(), message): "its key is the content without the white space around it",
            _hmac(_as_latin_1(content), message): "its key is the content read as text",
            _hmac(b"", message): "its key is empty",
        }
        return _sealed_with(content, token, honest, likely, "the content of the file")

    return broken


def _finds_no_key(token: str, honest: str) -> str:
    """A server that looks its key up by kid, and takes an empty one where it finds none."""
    header, message, _ = _parts(token)
    if wrong := _not_hs256(header):
        return wrong
    if header.get("kid") == _parts(honest)[0]["kid"]:
        return "the header's kid is one that the server knows, so it takes its real key"
    return _sealed_with(b"", token, honest, {_hmac(bytes(1), message): "its key is one zero byte"}, "the empty key")


def _sealed_with(key: bytes, token: str, honest: str, likely: dict[bytes, str], what: str) -> str:
    """What is wrong with a signature that should be an HMAC with this key."""
    _, message, signature = _parts(token)
    right = _hmac(key, message)
    if signature == right:
        return ""
    if not signature:
        return "the third segment is empty, but this server compares every signature"
    if token.endswith((right.hex(), b64u_encode(right.hex().encode()))):
        return "the signature is in hexadecimal, but it must be base64url of the 32 bytes"
    likely = likely | {
        _parts(honest)[2]: "it is the old one",
        _hmac(key, _parts(honest)[1]): "it covers the old header and payload",
    }
    return f"the signature must be an HMAC with {what} as key, but {likely.get(signature, 'it is not')}"


def _forge_with(
    header: Callable[..., Any],
    seal: Callable[..., bytes],
    claims: Callable[[dict[str, Any]], Any] = lambda claims: {**claims, "role": "admin"},
    encode: Callable[[bytes], str] = b64u_encode,
    finish: Callable[[str], Any] = str,
) -> Callable[..., Any]:
    """A forgery with one part to be got wrong. Header and seal are functions of the old ones and of the path."""

    def wrong(token: str, *more: str) -> Any:
        old_header, payload, signature = token.split(".")
        first = encode(json_dumps(header(json_loads_strict(b64u_decode(old_header)), *more)))
        second = encode(json_dumps(claims(json_loads_strict(b64u_decode(payload)))))
        third = encode(seal(f"{first}.{second}".encode(), b64u_decode(signature), *more))
        return finish(f"{first}.{second}.{third}")

    return wrong


# -- the verifier -----------------------------------------------------------------------------------------------------


@exercise(
    "verify",
    points=15,
    spec="RFC 7515 §5.2, RFC 7517 §4, RFC 8725 §3.1",
    forbids=_FORGES,
    hints=(
        "Begin with the key, not with the token. Which algorithm is it for, and is it good enough for that? Only then "
        "look at the header, and ask it one question: does it agree?",
        "It is `verify_hs256` of lesson 02 with three changes. The secret is `b64u_decode(key['k'])`, once kty and alg "
        "of the key are what you can handle. The header's alg must equal the key's. A header that has a member `crit` "
        "or `b64` is refused, whatever the value.",
        "Refuse unless `key.get('kty') == 'oct'`, `key.get('alg') == 'HS256'` and k is a str; decode k; refuse under "
        "32 bytes. Split in exactly three; the header must be a dict whose alg equals `key['alg']`, without `crit` and "
        "`b64`. Compare `hmac.new(secret, f'{header}.{payload}'.encode(), hashlib.sha256).digest()` with the decoded "
        "third segment by `hmac.compare_digest`. Then read the claims: a dict, or ValueError.",
    ),
)
def verify(case: Case) -> None:
    """A token and a JWK in, the claims out, or ValueError."""
    secret = case.random.randbytes(32)
    key = _jwk(secret, kid=f"key-{case.random.randrange(10**6)}")
    claims = {"sub": "ada", "exp": 2_000_000_000, "jti": case.random.randbytes(4).hex()}
    header = {"alg": "HS256", "typ": "JWT", "kid": key["kid"]}
    token = _signed(header, claims, secret)
    case.equal((token, key), claims)
    case.equal((_signed(header, {}, secret), key), {}, why="A token without claims is a valid token.")
    kid = "kid is ignored here: whoever calls verify has chosen the key."
    for other in ({"kid": "another key"}, {}):
        case.equal((_signed({**_HEADER, **other}, claims, secret), key), claims, why=kid)
    typ = "typ may be absent."
    case.equal((_signed({"alg": "HS256", "kid": key["kid"]}, claims, secret), key), claims, why=typ)
    long = case.random.randbytes(80)
    longer = "A key may be longer than 32 bytes."
    case.equal((_signed(_HEADER, {"name": "Þórður"}, long), _jwk(long)), {"name": "Þórður"}, why=longer)
    values = "The claims' values are not its business: until when a token is good, check_times says."
    for exp in (1_300_819_380, "soon"):
        case.equal((_signed(header, {"exp": exp}, secret), key), {"exp": exp}, why=values, rare=True)
    case.equal(
        (_signed(b'{ "typ" : "JWT", "alg" : "HS256" }', claims, secret), key),
        claims,
        why="The signature covers the segments as they came. Writing the JSON anew may change its spaces or order.",
    )
    case.equal(
        (_signed({"alg": "HS256", "x-trace": [1], "cty": "JWT"}, claims, secret), key),
        claims,
        why="Header members that are not understood must be ignored (RFC 7515 §4), as long as crit does not name them.",
    )
    _bad_algorithms(case, claims, secret, key)
    _bad_signatures(case, token, key)
    _bad_extensions(case, claims, secret, key)
    _bad_keys(case, claims, secret, key)
    _bad_forms(case, claims, token, secret, key)
    _verify_mistakes(case)


_HEADER = {"alg": "HS256", "typ": "JWT"}


def _jwk(secret: bytes, **members: Any) -> dict[str, Any]:
    return {"kty": "oct", "k": b64u_encode(secret), "alg": "HS256", **members}


def _bad_algorithms(case: Case, claims: dict[str, Any], secret: bytes, key: dict[str, Any]) -> None:
    admin = {**claims, "role": "admin"}
    payload = b64u_encode(json_dumps(admin))
    unsigned = "alg none means that anyone may have written it. The key says HS256, so nothing else will do."
    for alg in ("none", "None", "NONE", "nOnE"):
        forged = f"{b64u_encode(json_dumps({'alg': alg}))}.{payload}."
        case.raises((forged, key), ValueError, why=unsigned, vital=True)
    agree = "The header's alg must equal the key's, exactly. It is the key that decides."
    for other in ("none", "hs256", "HS512", "RS256", "", None, "XXHS256XX", "HS256 ", ["HS256"], 256):
        case.raises((_signed({"alg": other, "typ": "JWT"}, admin, secret), key), ValueError, why=agree)
    case.raises((_signed({"typ": "JWT"}, admin, secret), key), ValueError, why="The header must have an alg.")
    for odd in (b'["HS256"]', b'"HS256"', b"HS256", b"null", b'{"alg":"HS256"} '.decode().encode("utf-16")):
        case.raises((_signed(odd, admin, secret), key), ValueError, why="The header must be a JSON object, in UTF-8.")
    twice = _signed(b'{"alg":"none","alg":"HS256"}', admin, secret)
    case.raises((twice, key), ValueError, why="A name occurs twice; read the header with json_loads_strict.")


def _bad_signatures(case: Case, token: str, key: dict[str, Any]) -> None:
    header, payload, signature = token.split(".")
    why = "The signature does not fit the key and the bytes, so nothing in the token may be used."
    admin = b64u_encode(json_dumps({"sub": "ada", "role": "admin"}))
    case.raises((f"{header}.{admin}.{signature}", key), ValueError, why=why, vital=True)
    case.raises((token, _jwk(case.random.randbytes(32))), ValueError, why=why, vital=True)
    empty = "An empty signature is no signature."
    case.raises((f"{header}.{admin}.", key), ValueError, why=empty, vital=True)
    case.raises((f"{header}.{payload}.", key), ValueError, why=empty, vital=True)
    mac = b64u_decode(signature)
    for third in ("é", f"{signature[:-1]}é"):
        case.raises((f"{header}.{payload}.{third}", key), ValueError, why="Every segment must be strict base64url.")
    for changed in (bytes(32), mac[:16], mac[:-1], mac + b"\0", bytes([mac[0] ^ 1]) + mac[1:], mac[:31] + b"!"):
        case.raises((f"{header}.{payload}.{b64u_encode(changed)}", key), ValueError, why=why)
    other = b64u_encode(b'{"alg":"HS256"}')
    case.raises((f"{other}.{payload}.{signature}", key), ValueError, why="The header is covered by the signature.")
    known = "This token is signed with a key that everyone has. The key to use is the argument, whatever kid says."
    for kid, public in (("no such key", b""), (os.devnull, b""), ("../../../dev/null", b"")):
        forged = _signed({"alg": "HS256", "kid": kid}, {"role": "admin"}, public)
        case.raises((forged, key), ValueError, why=known, vital=True)


def _bad_extensions(case: Case, claims: dict[str, Any], secret: bytes, key: dict[str, Any]) -> None:
    crit = "A header with crit asks for a rule that this verifier does not know. Refuse it, whatever its value."
    for value, more in ((["terminal"], {"terminal": 3}), (["exp"], {"exp": 1}), (["alg"], {}), ([], {}), (None, {})):
        case.raises((_signed({**_HEADER, "crit": value, **more}, claims, secret), key), ValueError, why=crit)
    b64 = "b64 changes what is signed (RFC 7797). Refuse a header that has it, whatever its value."
    for members in ({"b64": False, "crit": ["b64"]}, {"b64": False}, {"b64": True}, {"b64": None}):
        case.raises((_signed({**_HEADER, **members}, claims, secret), key), ValueError, why=b64)


def _bad_keys(case: Case, claims: dict[str, Any], secret: bytes, key: dict[str, Any]) -> None:
    one = "The key must say alg HS256 itself. A key is for one algorithm, and the token can't supply what is missing."
    without = {name: value for name, value in key.items() if name != "alg"}
    for alg in ("HS512", "RS256", "none", ""):
        other = {**key, "alg": alg}
        case.raises((_signed({**_HEADER, "alg": alg}, claims, secret), other), ValueError, why=one)
        case.raises((_signed(_HEADER, claims, secret), other), ValueError, why=one, vital=True)
    unsigned = f"{b64u_encode(json_dumps({'alg': 'none'}))}.{b64u_encode(json_dumps(claims))}."
    case.raises((unsigned, {**key, "alg": "none"}), ValueError, why=one)
    case.raises((_signed(_HEADER, claims, secret), without), ValueError, why=one)
    case.raises((_signed({"typ": "JWT"}, claims, secret), without), ValueError, why=one)
    kind = "An HMAC key is of type oct (RFC 7518 §6.4)."
    case.raises((_signed(_HEADER, claims, secret), {**key, "kty": "RSA"}), ValueError, why=kind)
    case.raises(
        (_signed(_HEADER, claims, secret), {name: value for name, value in key.items() if name != "kty"}),
        ValueError,
        why=kind,
    )
    weak = "A key under 32 bytes can be guessed, and an empty one is known (RFC 7518 §3.2)."
    for short in (b"", b"secret", bytes(31)):
        case.raises((_signed(_HEADER, claims, short), _jwk(short)), ValueError, why=weak)
    text = "k must be there, and be text in strict base64url."
    for k in (None, 7, [key["k"]], f"{key['k'][:-1]}é"):
        case.raises((_signed(_HEADER, claims, secret), {**key, "k": k}), ValueError, why=text)
    bare = {name: value for name, value in key.items() if name != "k"}
    case.raises((_signed(_HEADER, claims, secret), bare), ValueError, why=text)
    padded = {**key, "k": key["k"] + "="}
    case.raises((_signed(_HEADER, claims, secret), padded), ValueError, why="k is strict base64url, too.")


def _bad_forms(case: Case, claims: dict[str, Any], token: str, secret: bytes, key: dict[str, Any]) -> None:
    header, payload, signature = token.split(".")
    three = "A compact token has exactly three segments."
    for other in ("", "..", payload, f"{header}.{payload}", f"{token}.", f"{token}.{b64u_encode(b'more')}"):
        case.raises((other, key), ValueError, why=three)
    form = "This is the JSON serialization (RFC 7515 §7.2). Only compact tokens were agreed on."
    flat = {"protected": header, "payload": payload, "signature": signature}
    admin = b64u_encode(json_dumps({"role": "admin"}))
    for value in (flat, {**flat, "x": f".{admin}."}, {"payload": payload, "signatures": [flat]}):
        case.raises((json.dumps(value), key), ValueError, why=form)
    twin = "This is another spelling of a good token. Decode strictly, with the b64u_decode that you are given."
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    for other in (token + "=", spare, token + "\n", " " + token, f"Bearer {token}"):
        case.raises((other, key), ValueError, why=twin)
    for signing_input in (f"{header}=.{payload}", f"{header}.{payload}=", f"{header}.{payload}\n"):
        signed = f"{signing_input}.{b64u_encode(_hmac(secret, signing_input.encode()))}"
        case.raises((signed, key), ValueError, why="Every segment must be strict base64url, the signed ones too.")
    for odd in (b'["admin"]', b'"ada"', b"42", b"null", b"not JSON"):
        case.raises((_signed(_HEADER, odd, secret), key), ValueError, why="Claims are a JSON object (RFC 7519 §4).")
    twice = _signed(_HEADER, b'{"role":"user","role":"admin"}', secret)
    case.raises((twice, key), ValueError, why="A name occurs twice; read the claims with json_loads_strict.")


def _verify_mistakes(case: Case) -> None:
    case.mistake(
        _verify_with(fits=lambda mine, theirs, alg: True),
        "The signature is never checked. Decoding a token is not verifying it.",
    )
    case.mistake(
        _verify_with(header_alg=lambda theirs, ours: theirs in ("HS256", "none"), unsigned=lambda alg: alg == "none"),
        "A token whose header says 'none' is let through. The header is written by whoever sends the token.",
    )
    case.mistake(
        _verify_with(
            header_alg=lambda theirs, ours: theirs != "none" and theirs.lower() in ("hs256", "none"),
            unsigned=lambda alg: alg.lower() == "none",
        ),
        "It forbids 'none' in one spelling and takes the others. Don't list what is bad: compare with the key's alg.",
    )
    case.mistake(
        _verify_with(header_alg=lambda theirs, ours: isinstance(theirs, str) and theirs.lower() != "none"),
        "It refuses none and takes every other name. The header's alg must equal the key's.",
    )
    case.mistake(
        _verify_with(header_alg=lambda theirs, ours: True),
        "The header's alg is not looked at. It must equal the key's; a reader who trusts it later is misled.",
    )
    case.mistake(
        _verify_with(header_alg=lambda theirs, ours: isinstance(theirs, str) and theirs.upper() == ours),
        "alg is compared without regard to case; its value is exact (RFC 7515 §4.1.1).",
    )
    case.mistake(
        _verify_with(header_alg=lambda theirs, ours: isinstance(theirs, str) and ours in theirs),
        "`in` finds HS256 inside a longer name too. Compare alg with `==`.",
    )
    case.mistake(
        _verify_with(fits=lambda mine, theirs, alg: not theirs or mine == theirs),
        "An empty signature is not compared. Compare always; there is no token without a signature.",
    )
    case.mistake(
        _verify_with(fits=lambda mine, theirs, alg: mine.startswith(theirs)),
        "A signature that is only the beginning of the right one passes, even the empty one. Compare all 32 bytes.",
    )
    case.mistake(
        _verify_with(critical=()),
        "crit and b64 are not looked at. Who does not know an extension must refuse it (RFC 7515 §4.1.11).",
    )
    case.mistake(
        _verify_with(critical=("crit",)),
        "crit is refused, but b64 alone passes. It changes what was signed, so refuse it too (RFC 7797).",
    )
    case.mistake(
        _verify_with(critical=("crit", "b64"), present=lambda header, name: bool(header.get(name))),
        "`header.get('crit')` is false for an empty list and for null. Ask whether the member is there: "
        "`'crit' in header`.",
    )
    case.mistake(
        _verify_with(critical=("crit", "b64"), present=lambda header, name: header.get(name) is not None),
        "`header.get('b64') is not None` passes over null. Ask whether the member is there: `'b64' in header`.",
    )
    case.mistake(
        _verify_with(text_only=False),
        "The key's k is decoded before anyone knows that it is there and is text: KeyError or TypeError. Ask first: "
        "`isinstance(key.get('k'), str)`.",
    )
    case.mistake(
        _verify_with(as_text=True),
        "`hmac.compare_digest` on texts is a TypeError where one of them is not ASCII. Decode the third segment, and "
        "compare bytes.",
    )
    case.mistake(
        _verify_with(header_is=lambda header, key: header.get("kid") == key.get("kid")),
        "It asks that the header's kid be the key's. kid is ignored here: whoever calls verify has chosen the key.",
    )
    case.mistake(
        _verify_with(header_is=lambda header, key: header.get("typ") == "JWT"),
        "It asks for typ JWT. typ may be absent, and verify ignores it.",
    )
    case.mistake(
        _verify_with(claims_are=lambda claims: claims.get("exp", 1e12) >= time.time()),
        "It looks at exp. The claims' values are not its business: check_times of lesson 03 looks at them.",
    )
    case.mistake(
        _verify_with(key_alg=lambda alg: True),
        "The key's alg is not looked at, so a key for another algorithm, or for none, is used as an HMAC key.",
    )
    case.mistake(
        _verify_with(key_alg=lambda alg: True, header_alg=lambda theirs, ours: theirs == "HS256"),
        "Only the header's alg is looked at. The key has one too, and that one decides: both must say HS256.",
    )
    case.mistake(
        _verify_with(secret=lambda k: {"k": k}, minimum=0),  # type: ignore[arg-type, return-value]
        "The key is a JWK now, a dict. The HMAC wants the bytes in it: `b64u_decode(key['k'])`.",
    )
    case.mistake(
        _verify_with(key_alg=lambda alg: alg is None or alg == "HS256", default="HS256"),
        "A key that names no alg is taken for HS256. Here a key must say what it is for.",
    )
    case.mistake(
        _verify_with(kty=("oct", "RSA", None)),
        "The key's kty is not looked at. An HMAC key is of type oct; anything else is a ValueError.",
    )
    case.mistake(
        _verify_with(secret=lambda k: k.encode()),
        "It refuses good tokens. The HMAC's key is `b64u_decode(key['k'])`: not the text of k, and not the dict "
        "itself, whose `len` only counts its members.",
    )
    case.mistake(
        _verify_with(minimum=0),
        "It verifies with any key, even an empty or a short one. Below 32 bytes: ValueError (RFC 7518 §3.2).",
    )
    case.mistake(
        _verify_with(minimum=1),
        "It refuses only the empty key. Below 32 bytes: ValueError (RFC 7518 §3.2).",
    )
    case.mistake(
        _verify_with(minimum=33), "A key of exactly 32 bytes is long enough; only fewer are refused (RFC 7518 §3.2)."
    )
    case.mistake(
        _verify_with(kid=lambda kid: Path(kid).read_bytes()),
        "It opens the file that kid names. The key is the argument; kid may only help to find a key that you have.",
    )
    case.mistake(
        _verify_with(kid=lambda kid: b""),
        "Where the token's kid is not the key's it goes on with an empty key. The key is the argument, for any kid.",
    )
    case.mistake(
        _verify_with(decode=lambda text: base64.urlsafe_b64decode(text + "==")),
        "The segments are decoded by the forgiving decoder, so the same token has many spellings. Use the strict "
        "b64u_decode.",
    )
    case.mistake(
        _verify_with(loads=json.loads),
        "`json.loads` keeps the last of two equal names. Read the header and the claims with json_loads_strict.",
    )
    case.mistake(
        _verify_with(json_form=True),
        "It takes the JSON serialization too. A verifier that was promised compact tokens takes nothing else.",
    )
    case.mistake(
        _verify_with(exact_header=True),
        "It accepts one header only. Other members, such as kid, are allowed; typ may be absent.",
    )
    case.mistake(
        _verify_with(object_only=False),
        "The payload may be any JSON; claims are an object. A list or a number must be refused (RFC 7519 §4).",
    )
    case.mistake(
        _verify_with(rewrite=True),
        "The header is written anew before the HMAC is computed. Sign and verify the segments as they came.",
    )
    case.mistake(
        _verify_with(refuse=lambda: None),
        "A wrong signature gives None. The caller who forgets to look lets everyone in; raise ValueError.",
    )
    case.mistake(
        _verify_with(refuse=lambda: False),
        "A wrong signature gives False. The caller who forgets to look lets everyone in; raise ValueError.",
    )
    case.mistake(
        _verify_with(brackets=True),
        "A key without alg, or a header without alg, ends in KeyError. Use `.get`, and raise ValueError.",
    )
    case.mistake(
        _verify_with(dict_header=False),
        "The header may be any JSON, and a list has no `get`. See that it is a dict first, and refuse with ValueError.",
    )


def _verify_with(
    fits: Callable[[bytes, bytes, Any], bool] = lambda mine, theirs, alg: hmac.compare_digest(mine, theirs),
    header_alg: Callable[[Any, Any], bool] = lambda theirs, ours: bool(theirs == ours),
    unsigned: Callable[[Any], bool] = lambda alg: False,
    critical: tuple[str, ...] = ("crit", "b64"),
    present: Callable[[dict[str, Any], str], bool] = lambda header, name: name in header,
    key_alg: Callable[[Any], bool] = lambda alg: bool(alg == "HS256"),
    default: str | None = None,
    kty: tuple[str | None, ...] = ("oct",),
    secret: Callable[[str], bytes] = b64u_decode,
    minimum: int = 32,
    kid: Callable[[str], bytes] | None = None,
    decode: Callable[[str], bytes] = b64u_decode,
    loads: Callable[[bytes], Any] = json_loads_strict,
    json_form: bool = False,
    exact_header: bool = False,
    object_only: bool = True,
    rewrite: bool = False,
    refuse: Callable[[], Any] | None = None,
    brackets: bool = False,
    dict_header: bool = True,
    header_is: Callable[[dict[str, Any], dict[str, Any]], bool] = lambda header, key: True,
    claims_are: Callable[[dict[str, Any]], bool] = lambda claims: True,
    text_only: bool = True,
    as_text: bool = False,
) -> Callable[[str, dict[str, Any]], Any]:
    """verify with one part to be got wrong."""

    def wrong(token: str, key: dict[str, Any]) -> Any:
        ours, text = (key["alg"], key["k"]) if brackets else (key.get("alg", default), key.get("k"))
        if not key_alg(ours) or key.get("kty") not in kty or (text_only and not isinstance(text, str)):
            raise ValueError("key")
        octets = secret(str(text) if text_only else key["k"])
        if len(octets) < minimum:
            raise ValueError("weak key")
        header, payload, signature = _three(token, json_form)
        parsed = loads(decode(header))
        if dict_header and not isinstance(parsed, dict):
            raise ValueError("header")
        alg = parsed["alg"] if brackets else parsed.get("alg")
        if not header_alg(alg, ours) or any(present(parsed, name) for name in critical):
            raise ValueError("header")
        if (exact_header and parsed != _HEADER) or not header_is(parsed, key):
            raise ValueError("header")
        if unsigned(alg):
            return loads(decode(payload))
        if kid is not None and parsed.get("kid") not in (None, key.get("kid")):
            octets = kid(parsed["kid"])
        first = b64u_encode(json_dumps(parsed)) if rewrite else header
        if as_text and not hmac.compare_digest(b64u_encode(_hmac(octets, f"{first}.{payload}".encode())), signature):
            raise ValueError("signature")
        if not fits(_hmac(octets, f"{first}.{payload}".encode()), decode(signature), alg):
            if refuse is not None:
                return refuse()
            raise ValueError("signature")
        claims = loads(decode(payload))
        if object_only and not (isinstance(claims, dict) and claims_are(claims)):
            raise ValueError("claims")
        return claims

    return wrong


def _three(token: str, json_form: bool) -> list[str]:
    if json_form and token.startswith("{"):
        members = json.loads(token)
        members = members["signatures"][0] | members if "signatures" in members else members
        return [members["protected"], members["payload"], members["signature"]]
    header, payload, signature = token.split(".")
    return [header, payload, signature]
