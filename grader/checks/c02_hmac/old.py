"""Chapter 02: from a hash to a MAC, and HS256 whole."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from jwt_from_scratch import Key, verify
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ...inside.values import show
from ...judging.legacy.case import Case, exercise

_BLOCK = 64
_TOKEN_MAKERS = ("jwt", "joserfc", "jwt_from_scratch.jwt", "jwt_from_scratch.jws", "jwt_from_scratch.keys")


@exercise(
    "hmac_sha256",
    points=10,
    spec="RFC 2104 §2",
    forbids=("hmac", "cryptography", "jwt", "jwt_from_scratch"),
    hints=(
        "First bring the key to exactly 64 bytes. A longer one is hashed to 32; then zero bytes fill it up. After that "
        "the formula has only two hashes in it.",
        "Python can't mix bytes with a number at once. Go through the key byte by byte and make new bytes of the "
        "results, once with `0x36` and once with `0x5c`. The message goes into the inner hash, the inner hash into the "
        "outer.",
        "`key = key.ljust(64, b'\\0')` after the hashing, `ipad = bytes(b ^ 0x36 for b in key)`, `opad` likewise; "
        "then `inner = sha256(ipad + message).digest()` and `return sha256(opad + inner).digest()`.",
    ),
)
def hmac_sha256(case: Case) -> None:
    """RFC 2104 with SHA-256 in it."""
    size = "The key must become exactly 64 bytes: hashed if longer, then filled up with zero bytes (RFC 2104 §2)."
    # RFC 4231 §4.2, §4.3 and §4.7: keys of 20, 4 and 131 bytes.
    for key, message in (
        (b"\x0b" * 20, b"Hi There"),
        (b"Jefe", b"what do ya want for nothing?"),
        (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First"),
    ):
        case.equal((key, message), _hmac(key, message), why=size)
    case.equal((b"", b""), _hmac(b"", b""), why="Any bytes are a key here, even none.")
    key = case.random.randbytes(64)
    case.equal((key + b"\0", b" m\n"), _hmac(key + b"\0", b" m\n"), why="Zero bytes and white space are data too.")
    for length in (1, 32, 63, 64, 65, 200):
        key, message = case.random.randbytes(length), case.random.randbytes(case.random.randrange(200))
        case.equal((key, message), _hmac(key, message), why=size)
    case.mistake(
        lambda key, message: hashlib.sha256(key + message).digest(),
        "This is SHA-256 of key and message in a row. Anyone who sees it can append to the message and extend the "
        "hash without the key; that is what the two passes of HMAC prevent.",
    )
    case.mistake(
        lambda key, message: hashlib.sha256(message + key).digest(),
        "This is SHA-256 of message and key in a row, not HMAC: two hashes are needed, with a pad each.",
    )
    case.mistake(_hmac_with(hash_long_key=False), "A key longer than 64 bytes must be hashed first (RFC 2104 §2).")
    case.mistake(
        _hmac_with(limit=_BLOCK - 1), "A key of exactly 64 bytes is used as it is; only a longer one is hashed."
    )
    case.mistake(
        _hmac_with(fill=lambda key: key),
        "The key is not filled up to 64 bytes with zero bytes, so the pads are too short.",
    )
    case.mistake(
        _hmac_with(fill=lambda key: key.ljust(32, b"\0")),
        "The key is filled up to 32 bytes. It is the block size of SHA-256 that counts, 64 bytes, not the size of its "
        "result.",
    )
    case.mistake(
        _hmac_with(fill=lambda key: key.rjust(_BLOCK, b"\0")), "The zero bytes belong behind the key, not before it."
    )
    case.mistake(
        _hmac_with(fill=lambda key: key.ljust(_BLOCK, b"0")),
        "The key is filled up with the character '0', which is the byte 48. It should be the byte 0, b'\\0'.",
    )
    case.mistake(
        _hmac_with(fill_first=True),
        "The key is filled up before its length is looked at, so a hashed key has 32 bytes. Hash first, then fill.",
    )
    case.mistake(
        lambda key, message: hashlib.sha256((key ^ 0x36) + message).digest(),
        "`^` works on numbers, not on bytes as a whole: `bytes(b ^ 0x36 for b in key)` goes byte by byte.",
    )
    case.mistake(_hmac_with(pads=(0x5C, 0x36)), "The pads have changed places: 0x36 is inside, 0x5c outside.")
    case.mistake(
        _hmac_with(finish=lambda h: h.hexdigest()),
        "The result is text in hexadecimal. A signature is the 32 bytes: `.digest()`.",
    )
    case.mistake(
        _hmac_with(between=lambda h: h.hexdigest().encode()),
        "The inner hash goes into the outer one as 32 bytes, `.digest()`, not as 64 hexadecimal digits.",
    )


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _hmac_with(
    hash_long_key: bool = True,
    fill_first: bool = False,
    limit: int = _BLOCK,
    fill: Callable[[bytes], bytes] = lambda key: key.ljust(_BLOCK, b"\0"),
    pads: tuple[int, int] = (0x36, 0x5C),
    between: Callable[[Any], bytes] = lambda h: bytes(h.digest()),
    finish: Callable[[Any], Any] = lambda h: h.digest(),
) -> Callable[[bytes, bytes], Any]:
    """HMAC with one part to be got wrong."""

    def wrong(key: bytes, message: bytes) -> Any:
        key = fill(key) if fill_first else key
        if len(key) > limit and hash_long_key:
            key = hashlib.sha256(key).digest()
        key = key if fill_first else fill(key)
        inner_pad, outer_pad = (bytes(byte ^ pad for byte in key) for pad in pads)
        inner = between(hashlib.sha256(inner_pad + message))
        return finish(hashlib.sha256(outer_pad + inner))

    return wrong


@exercise(
    "sign_hs256",
    points=5,
    spec="RFC 7515 §5.1, RFC 7518 §3.2",
    forbids=_TOKEN_MAKERS,
    hints=(
        "Three segments: the header, the claims, the signature of the first two. What exactly are the bytes that get "
        "signed?",
        "The signing input is the *text* `header.payload`, both already in base64url, as ASCII bytes. "
        '`json_dumps({"alg": "HS256", "typ": "JWT"})` gives the header\'s bytes.',
        "`signing_input = b64u_encode(json_dumps(header)) + '.' + b64u_encode(json_dumps(claims))`, then "
        "`hmac_sha256(key, signing_input.encode('ascii'))` in base64url after another dot. Before all that: a key "
        "under 32 bytes is a ValueError.",
    ),
)
def sign_hs256(case: Case) -> None:
    """Claims and a key in, a token out."""
    exp = 1_900_000_000 + case.random.randrange(10**6)
    for length, claims in (
        (32, {"sub": "ada"}),
        (33, {"iss": "https://login.example", "sub": "ada", "exp": exp}),
        (64, {"name": "Þórður ☃", "roles": ["reader", "writer"], "nested": {"n": 1.5}}),
        (65, {"nickname": None}),
        (80, {}),
    ):
        key = case.random.randbytes(length)
        case.satisfies((claims, key), _verifies(claims, key), "return a token that verifies with the same key")
    for length in (0, 6, 31):
        key = case.random.randbytes(length)
        case.raises(
            ({"sub": "ada"}, key), ValueError, why="An HS256 key has at least 32 bytes (RFC 7518 §3.2); refuse less."
        )
    case.mistake(
        _sign_with(encode=lambda data: base64.urlsafe_b64encode(data).decode()),
        "The segments carry '=' padding. Use b64u_encode.",
    )
    case.mistake(
        _sign_with(signing_input=lambda header, payload: header + payload),
        "The dot between header and payload is signed too (RFC 7515 §5.1).",
    )
    case.mistake(
        _sign_with(signing_input=lambda header, payload: payload),
        "Only the payload is signed, so anyone can swap the header. The signing input is header, dot, payload.",
    )
    case.mistake(
        _sign_with(signing_input=lambda header, payload: (b64u_decode(header) + b"." + b64u_decode(payload)).decode()),
        "It signs the JSON before base64url. What is signed is the encoded text, so that nobody has to write the JSON "
        "the same way twice.",
    )
    case.mistake(
        _sign_with(signature=lambda mac: mac.hex()),
        "The signature is encoded as hexadecimal. It is base64url of the 32 bytes.",
    )
    case.mistake(
        _sign_with(signature=lambda mac: b64u_encode(mac.hex().encode())),
        "The signature is base64url of hexadecimal digits. It should be base64url of the 32 bytes themselves.",
    )
    case.mistake(_sign_with(header={"typ": "JWT"}), "The header does not say which algorithm it is: alg is required.")
    case.mistake(
        _sign_with(header={"alg": "SHA256", "typ": "JWT"}), "The algorithm's name in a header is HS256 (RFC 7518 §3.1)."
    )
    case.mistake(
        _sign_with(minimum=33), "A key of exactly 32 bytes is long enough; only fewer are refused (RFC 7518 §3.2)."
    )
    case.mistake(
        _sign_with(mac=lambda key, message: _hmac(message, key)),
        "Key and message have changed places in the call of hmac_sha256.",
    )
    case.mistake(
        _sign_with(mac=lambda key, message: _hmac(key, message.decode())),  # type: ignore[arg-type]
        "HMAC works on bytes: `.encode('ascii')` makes bytes of the text header.payload.",
    )
    case.mistake(
        _sign_with(minimum=0),
        "It signs with any key, even an empty one. RFC 7518 §3.2 asks for 32 bytes: raise ValueError below that.",
    )
    case.mistake(
        _sign_with(minimum=1),
        "It refuses only the empty key. RFC 7518 §3.2 asks for 32 bytes: raise ValueError below that.",
    )
    case.mistake(
        lambda claims, key: _sign_with()(claims, key).encode(),
        "The token is bytes; the function returns text.",
    )


def _verifies(claims: dict[str, Any], key: bytes) -> Callable[[Any], bool | str]:
    def predicate(token: Any) -> bool | str:
        if not isinstance(token, str):
            return f"a token is text, not {type(token).__name__}"
        if token.count(".") != 2:
            return "a token has three segments, so two dots"
        if "=" in token:
            return "the segments must not be padded with '='"
        segments = [b64u_decode(segment) for segment in token.split(".")]
        header = json_loads_strict(segments[0])
        if "alg" not in header:
            return "the header has no alg"
        if header["alg"] != "HS256":
            return f"the header says alg {show(header['alg'], 20)}, but it must say 'HS256'"
        if header.get("typ", "JWT") != "JWT" or len(header) > 2:
            return "the header must be alg HS256 and typ JWT, and nothing else"
        expected = _hmac(key, token.rpartition(".")[0].encode())
        if segments[2] != expected:
            return _wrong_signature(segments, key, token)
        if json_loads_strict(verify(token, Key.from_secret(key)).payload) != claims:
            return "the payload must be the claims, as JSON"
        return True

    return predicate


def _wrong_signature(segments: list[bytes], key: bytes, token: str) -> str:
    header, payload, third = token.split(".")
    message = f"{header}.{payload}".encode()
    right = _hmac(key, message)
    if third == right.hex():
        return "the signature is in hexadecimal, but it must be base64url"
    if third == b64u_encode(right.hex().encode()):
        return "the signature is base64url of hexadecimal digits, but it must be of the 32 bytes"
    if segments[2] == _hmac(message, key):
        return "key and message have changed places"
    likely = {
        (header + payload).encode(): "the dot between the segments is part of what is signed",
        payload.encode(): "only the payload is signed, but the header must be too",
        segments[0] + b"." + segments[1]: "the JSON is signed, but it is the encoded text that must be",
    }
    return next(
        (reason for message, reason in likely.items() if _hmac(key, message) == segments[2]),
        "the signature is not the HMAC of header.payload; does hmac_sha256 pass its own check?",
    )


def _sign_with(
    encode: Callable[[bytes], str] = b64u_encode,
    signing_input: Callable[[str, str], str] = lambda header, payload: f"{header}.{payload}",
    signature: Callable[[bytes], str] = b64u_encode,
    mac: Callable[[bytes, bytes], bytes] = _hmac,
    header: dict[str, Any] | None = None,
    minimum: int = 32,
) -> Callable[[dict[str, Any], bytes], str]:
    """sign_hs256 with one part to be got wrong."""

    def wrong(claims: dict[str, Any], key: bytes) -> str:
        if len(key) < minimum:
            raise ValueError("weak key")
        first = encode(json_dumps(header or {"alg": "HS256", "typ": "JWT"}))
        second = encode(json_dumps(claims))
        seal = mac(key, signing_input(first, second).encode())
        third = encode(seal) if signature is b64u_encode else signature(seal)
        return f"{first}.{second}.{third}"

    return wrong


@exercise(
    "verify_hs256",
    points=10,
    spec="RFC 7515 §5.2, RFC 7518 §3.2",
    forbids=_TOKEN_MAKERS,
    hints=(
        "The order matters: look at nothing in the payload before the signature is known to fit. And who decides which "
        "algorithm it is: the token, or you?",
        "Split (exactly three), decode the header, refuse unless its alg is exactly `'HS256'`, compute the HMAC of "
        "`header.payload` again and compare with `hmac.compare_digest`. Only then read the claims.",
        "`header, payload, signature = token.split('.')`; `json_loads_strict(b64u_decode(header))` must be a dict with "
        "alg `'HS256'`; `expected = hmac_sha256(key, f'{header}.{payload}'.encode())`; unless "
        "`hmac.compare_digest(expected, b64u_decode(signature))`, raise ValueError. A short key and claims that are "
        "not a dict are ValueErrors too.",
    ),
)
def verify_hs256(case: Case) -> None:
    """A token and a key in, the claims out, or ValueError."""
    key = case.random.randbytes(32)
    claims = {"sub": "ada", "exp": 2_000_000_000, "jti": case.random.randbytes(4).hex()}
    token = _token(claims, key)
    case.equal((token, key), claims)
    case.equal((_token({}, key), key), {}, why="A token without claims is a valid token.")
    case.equal((_token({"name": "Þórður"}, key * 3), key * 3), {"name": "Þórður"})
    case.equal(
        (_token(claims, key, b'{ "typ" : "JWT", "alg" : "HS256" }'), key),
        claims,
        why="The signature covers the segments as they came. Writing the JSON anew may change its spaces or order.",
    )
    case.equal(
        (_token(claims, key, b'{"alg":"HS256","kid":"2026-11"}'), key),
        claims,
        why="Other header members are allowed, and typ may be absent. Only alg is checked here.",
    )
    _bad_signatures(case, token, key)
    _bad_headers(case, claims, key)
    _bad_forms(case, claims, token, key)
    for short in (b"", b"secret", bytes(31)):
        case.raises(
            (_token(claims, short), short), ValueError, why="A key under 32 bytes can be guessed (RFC 7518 §3.2)."
        )
    _verify_mistakes(case)


def _bad_signatures(case: Case, token: str, key: bytes) -> None:
    header, payload, signature = token.split(".")
    why = "The signature does not fit the key and the bytes, so nothing in the token may be used."
    other = b64u_encode(json_dumps({"sub": "admin", "exp": 2_000_000_000}))
    case.raises((f"{header}.{other}.{signature}", key), ValueError, why=why, vital=True)
    case.raises((token, case.random.randbytes(32)), ValueError, why=why, vital=True)
    mac = b64u_decode(signature)
    flipped = [bytes(byte ^ (i == place) for i, byte in enumerate(mac)) for place in (0, 16, 31)]
    for changed in (bytes(32), *flipped, mac[:16], mac[:-1], mac + b"\0", b"x" + mac):
        case.raises((f"{header}.{payload}.{b64u_encode(changed)}", key), ValueError, why=why)
    case.raises((f"{header}.{payload}.", key), ValueError, why="An empty signature is no signature.", vital=True)
    case.raises(
        (f"{b64u_encode(b'{}')}.{payload}.{signature}", key), ValueError, why="The header is covered by the signature."
    )


def _bad_headers(case: Case, claims: dict[str, Any], key: bytes) -> None:
    why = "Only HS256 was agreed on. A header that says anything else is refused, even if the HMAC fits."
    for alg in ("none", "hs256", "HS512", "RS256", "", None, "XXHS256XX", "HS256 ", ["HS256"]):
        case.raises((_token(claims, key, json_dumps({"alg": alg, "typ": "JWT"})), key), ValueError, why=why)
    case.raises((_token(claims, key, b'{"typ":"JWT"}'), key), ValueError, why="The header must have an alg.")
    case.raises((_token(claims, key, b'["HS256"]'), key), ValueError, why="The header must be a JSON object.")
    case.raises((_token(claims, key, b"not JSON"), key), ValueError, why="The header must be JSON.")
    unsigned = f"{b64u_encode(json_dumps({'alg': 'none'}))}.{b64u_encode(json_dumps(claims))}."
    case.raises((unsigned, key), ValueError, why="alg none means that anyone may have written it.", vital=True)
    for odd in (b'{"alg":"none","alg":"HS256"}', '{"alg":"HS256"}'.encode("utf-16")):
        case.raises((_token(claims, key, odd), key), ValueError, why="Read the header with json_loads_strict.")


def _bad_forms(case: Case, claims: dict[str, Any], token: str, key: bytes) -> None:
    three = "A signed token has exactly three segments."
    case.raises((token.rpartition(".")[0], key), ValueError, why=three)
    case.raises((f"{token}.{b64u_encode(b'more')}", key), ValueError, why=three)
    case.raises(("", key), ValueError, why=three)
    twin = "This is another spelling of a good token. Decode strictly, with the b64u_decode that you are given."
    case.raises((token + "=", key), ValueError, why=twin)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    case.raises((token[:-1] + alphabet[alphabet.index(token[-1]) + 1], key), ValueError, why=twin)
    for other in (token[:-3] + "\n" + token[-3:], token + "\n", " " + token, token[:-1] + "é"):
        case.raises((other, key), ValueError, why=twin)
    header, payload, _ = token.split(".")
    for signing_input in (f"{header}=.{payload}", f"{header}.{payload}="):
        signed = f"{signing_input}.{b64u_encode(_hmac(key, signing_input.encode()))}"
        case.raises((signed, key), ValueError, why="Every segment must be strict base64url, the signed ones too.")
    for claims_json in (b'["sub","ada"]', b'"ada"', b"42", b"null"):
        case.raises((_signed(claims_json, key), key), ValueError, why="Claims are a JSON object (RFC 7519 §4).")
    case.raises((_signed(b"not JSON", key), key), ValueError, why="The claims of a JWT are JSON.")
    case.raises(
        (_signed(b'{"role":"user","role":"admin"}', key), key),
        ValueError,
        why="A name occurs twice; read the claims with json_loads_strict.",
    )


_HEADER = b'{"alg":"HS256","typ":"JWT"}'


def _signed(payload: bytes, key: bytes, header: bytes = _HEADER) -> str:
    signing_input = f"{b64u_encode(header)}.{b64u_encode(payload)}"
    return f"{signing_input}.{b64u_encode(_hmac(key, signing_input.encode()))}"


def _token(claims: dict[str, Any], key: bytes, header: bytes = _HEADER) -> str:
    return _signed(json_dumps(claims), key, header)


def _verify_mistakes(case: Case) -> None:
    case.mistake(
        _verify_with(check_signature=False),
        "The signature is never checked. Decoding a token is not verifying it.",
    )
    case.mistake(
        _verify_with(check_alg=False),
        "The header's alg is not looked at. Only the HMAC is checked now, but a reader who trusts the header later "
        "will meet a token that says 'none'.",
    )
    case.mistake(
        _verify_with(skip_none=True),
        "A token whose header says 'none' is let through unsigned. The header is written by whoever sends the token.",
    )
    case.mistake(
        _verify_with(header_is=lambda header: isinstance(header, dict) and header.get("alg") not in (None, "none")),
        "It forbids some algorithms. Name the one that you accept, and refuse all others.",
    )
    case.mistake(
        _verify_with(header_is=lambda header: isinstance(header, dict) and "HS256" in (header.get("alg") or "")),
        "`in` finds HS256 inside a longer name too. Compare alg with `==`.",
    )
    case.mistake(
        _verify_with(normal=str.upper),
        "alg is compared without regard to case; its value is exact (RFC 7515 §4.1.1).",
    )
    case.mistake(
        _verify_with(compare=lambda mine, theirs: mine.startswith(theirs)),
        "A signature that is only the beginning of the right one passes, even the empty one. Compare all 32 bytes.",
    )
    case.mistake(
        _verify_with(compare=lambda mine, theirs: all(a == b for a, b in zip(mine, theirs, strict=False))),
        "`zip` stops at the shorter one, so a shorter signature passes, even the empty one. Compare all 32 bytes.",
    )
    case.mistake(
        _verify_with(as_text=True),
        "`hmac.compare_digest` on texts is a TypeError where one of them is not ASCII. Decode the third segment, and "
        "compare bytes.",
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
        _verify_with(minimum=33), "A key of exactly 32 bytes is long enough; only fewer are refused (RFC 7518 §3.2)."
    )
    case.mistake(
        _verify_with(header_is=lambda header: header == {"alg": "HS256", "typ": "JWT"}),
        "It accepts one header only. Look at alg alone: other members, such as kid, are allowed; typ may be absent.",
    )
    case.mistake(
        _verify_with(header_is=lambda header: header["alg"] == "HS256"),
        "The header may be any JSON: `{}` has no alg and a list takes no names. Refuse both with ValueError.",
    )
    case.mistake(
        _verify_with(header_is=lambda header: header.get("alg") == "HS256"),
        "The header may be any JSON, and a list has no `get`. See that it is a dict first, and refuse with ValueError.",
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


def _verify_with(
    check_signature: bool = True,
    check_alg: bool = True,
    skip_none: bool = False,
    normal: Callable[[str], str] = str,
    compare: Callable[[bytes, bytes], bool] = hmac.compare_digest,
    decode: Callable[[str], bytes] = b64u_decode,
    loads: Callable[[bytes], Any] = json_loads_strict,
    minimum: int = 32,
    object_only: bool = True,
    rewrite: bool = False,
    refuse: Callable[[], Any] | None = None,
    header_is: Callable[[Any], bool] | None = None,
    as_text: bool = False,
) -> Callable[[str, bytes], Any]:
    """verify_hs256 with one part to be got wrong."""

    def wrong(token: str, key: bytes) -> Any:
        if len(key) < minimum:
            raise ValueError("weak key")
        header, payload, signature = token.split(".")
        parsed = loads(decode(header))
        if header_is is not None:
            if not header_is(parsed):
                raise ValueError("header")
        elif check_alg or skip_none:
            if not isinstance(parsed, dict) or not isinstance(parsed.get("alg"), str):
                raise ValueError("header")
            if skip_none and parsed["alg"] == "none":
                return loads(decode(payload))
            if normal(parsed["alg"]) != "HS256":
                raise ValueError("alg")
        first = b64u_encode(json_dumps(parsed)) if rewrite else header
        if as_text and not hmac.compare_digest(b64u_encode(_hmac(key, f"{header}.{payload}".encode())), signature):
            raise ValueError("signature")
        fits = compare(_hmac(key, f"{first}.{payload}".encode()), decode(signature))
        if check_signature and not fits:
            if refuse is not None:
                return refuse()
            raise ValueError("signature")
        claims = loads(decode(payload))
        if object_only and not isinstance(claims, dict):
            raise ValueError("claims")
        return claims

    return wrong
