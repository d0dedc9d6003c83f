"""decrypt_jwe: an encrypted token and a key in, the plaintext out, or ValueError."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ...judging.aspects import from_aspects, joined, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from .. import held
from .encrypted import KEY_SIZES, MOST, aspects, build, in_turn, oracle, world

RULES = {
    "1 size": "A token of more than 16,384 characters is not looked at: decoding it is work that a stranger orders.",
    "1 form": "An encrypted token has five segments, each in strict base64url (RFC 7516 §3.1, §7.1).",
    "2": "The header is a JSON object with unique names. Read it with json_loads_strict.",
    "3 alg": "alg is exactly dir, and it must be in algs (RFC 8725 §3.1).",
    "3 enc": "enc is exactly A128GCM or A256GCM, and it must be in algs (RFC 8725 §3.1).",
    "4 zip": "A header with zip, whatever its value, is refused (RFC 8725 §3.6). Nothing is ever unpacked.",
    "4 crit": "A header with crit, whatever its value, is refused: nothing critical is understood here (RFC 7516 "
    "§4.1.13).",
    "5": "With dir there is no encrypted key: the second segment is empty (RFC 7516 §5.2).",
    "6": "The key has as many bytes as enc wants: 16 for A128GCM, 32 for A256GCM (RFC 7518 §5.3).",
    "7": "The third segment has 12 bytes, the fifth 16, not more and not less (RFC 7518 §5.3).",
    "8": "The tag must fit key, nonce, ciphertext and the first segment as it came (RFC 7516 §5.2). InvalidTag is a "
    "ValueError here.",
    "9": "Other header members are ignored, and the plaintext may be any bytes.",
}


def _is_alg(alg: Any, algs: list[str]) -> bool:
    return bool(alg == "dir") and "dir" in algs


def _is_enc(enc: Any, algs: list[str]) -> bool:
    return isinstance(enc, str) and enc in KEY_SIZES and enc in algs


def _decrypted(key: bytes, nonce: bytes, sealed: bytes, first: str) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, sealed, first.encode())
    except InvalidTag:
        raise ValueError("tag") from None


def _leaking(key: bytes, nonce: bytes, sealed: bytes, first: str) -> bytes:
    return AESGCM(key).decrypt(nonce, sealed, first.encode())


@dataclass(frozen=True)
class Decrypt:
    """A right decrypt_jwe, of parts that can be got wrong one by one."""

    most: int = MOST
    split: Callable[[str], list[str]] = lambda token: token.split(".")
    decode: Callable[[str], bytes] = b64u_decode
    loads: Callable[[bytes], Any] = json_loads_strict
    alg: Callable[[Any, list[str]], bool] = _is_alg
    enc: Callable[[Any, list[str]], bool] = _is_enc
    zipped: Callable[[Any], bool] = lambda header: "zip" in header
    critical: Callable[[Any], bool] = lambda header: "crit" in header
    wrapped: Callable[[bytes], bool] = lambda wrapped: wrapped == b""
    key_fits: Callable[[bytes, Any], bool] = lambda key, enc: len(key) == KEY_SIZES[enc]
    nonce: Callable[[bytes], bool] = lambda nonce: len(nonce) == 12
    tag: Callable[[bytes], bool] = lambda tag: len(tag) == 16
    decrypt: Callable[[bytes, bytes, bytes, str], bytes] = _decrypted
    aad: Callable[[str, Any], str] = lambda first, header: first
    finish: Callable[[bytes, Any], Any] = lambda plaintext, header: plaintext

    def __call__(self, token: str, key: bytes, algs: list[str]) -> Any:
        """Decrypt a token."""
        if len(token) > self.most:
            raise ValueError("size")
        segments = self.split(token)
        first, wrapped, nonce, ciphertext, tag = map(self.decode, segments)
        header = self.loads(first)
        if not isinstance(header, dict) or self.zipped(header) or self.critical(header):
            raise ValueError("header")
        if not (self.alg(header.get("alg"), algs) and self.enc(header.get("enc"), algs)):
            raise ValueError("algorithm")
        if not (
            self.wrapped(wrapped) and self.key_fits(key, header.get("enc")) and self.nonce(nonce) and self.tag(tag)
        ):
            raise ValueError("sizes")
        return self.finish(self.decrypt(key, nonce, ciphertext + tag, self.aad(segments[0], header)), header)


RIGHT = Decrypt()
_SLIPS = (
    "Usual slips with the tag: it is left away, or stands before the ciphertext; the decoded header, an empty text or "
    "None is authenticated where the first segment's characters should be; `decrypt(nonce, ciphertext + tag, first)` "
    "with its arguments in another order."
)


MISTAKES: Mistakes = {
    RETURNS: {
        "It returns text. The plaintext is bytes, and need not be text at all.": replace(
            RIGHT, finish=lambda plaintext, header: plaintext.decode("latin-1")
        ),
        "It reads the plaintext as JSON. Return the bytes: what is in them is the caller's business.": replace(
            RIGHT, finish=lambda plaintext, header: json.loads(plaintext)
        ),
        f"Good tokens end in InvalidTag, all of them. {_SLIPS}": replace(
            RIGHT, aad=lambda first, header: b64u_decode(first).decode(), decrypt=_leaking
        ),
        "It refuses good tokens, all of them. If there is an `except Exception`, or a bare one, catch InvalidTag "
        f"alone, and see whether it was another error, such as a name that is misspelled. {_SLIPS}": replace(
            RIGHT, aad=lambda first, header: b64u_decode(first).decode()
        ),
    },
    "1 size": {
        "It accepts a token of more than 16,384 characters, or splits and decodes it first. Ask for its length "
        "before anything else.": replace(RIGHT, most=10**9),
        "A token of exactly 16,384 characters is refused. It is the longest that is taken.": replace(
            RIGHT, most=MOST - 1
        ),
    },
    "1 form": {
        "More than five segments are taken. There are exactly five.": replace(
            RIGHT, split=lambda token: token.split(".")[:5]
        ),
        "It accepts segments in other spellings. Use b64u_decode for each of them.": replace(
            RIGHT, decode=lambda text: base64.urlsafe_b64decode(text + "==")
        ),
    },
    "2": {
        "It reads the header as `json.loads` does, which keeps the last of two equal names. Use "
        "json_loads_strict.": replace(RIGHT, loads=json.loads),
    },
    "3 alg": {
        "It accepts any alg. Only dir was agreed on, and only dir is what this function does.": replace(
            RIGHT, alg=lambda alg, algs: True
        ),
        "It accepts a token although its alg is not in algs. What may be used, the caller says.": replace(
            RIGHT, alg=lambda alg, algs: bool(alg == "dir")
        ),
        "It accepts another alg that is in algs. A caller can list more than this function knows: it must"
        " be 'dir', too.": replace(RIGHT, alg=lambda alg, algs: alg in algs),
    },
    "3 enc": {
        "It accepts a token although its enc is not in algs. What may be used, the caller says.": replace(
            RIGHT, enc=lambda enc, algs: isinstance(enc, str) and enc in KEY_SIZES
        ),
        "enc is looked up in a dict or a set before it is known to be a str: a list raises TypeError there.": replace(
            RIGHT, enc=lambda enc, algs: enc in KEY_SIZES and enc in algs
        ),
    },
    "4 zip": {
        "It accepts a header with zip, so the caller gets packed bytes for the plaintext. Refuse the token.": replace(
            RIGHT, zipped=lambda header: False
        ),
        "Only zip 'DEF' is refused. Whatever its value: ask `'zip' in header`.": replace(
            RIGHT, zipped=lambda header: header.get("zip") == "DEF"
        ),
        "A zip that is null or empty counts as absent. Ask `'zip' in header`.": replace(
            RIGHT, zipped=lambda header: bool(header.get("zip"))
        ),
    },
    "4 crit": {
        "It accepts a header with crit. That lists what a reader must understand or refuse.": replace(
            RIGHT, critical=lambda header: False
        ),
        "A crit that is null or empty counts as absent. Ask `'crit' in header`.": replace(
            RIGHT, critical=lambda header: bool(header.get("crit"))
        ),
    },
    "5": {
        "It accepts a second segment that is not empty. With dir it is empty, so that a token has one text.": replace(
            RIGHT, wrapped=lambda wrapped: True
        ),
    },
    "6": {
        "It accepts a key that is not as long as enc wants: with 16 bytes AESGCM computes A128GCM, whatever the header "
        "says.": replace(RIGHT, key_fits=lambda key, enc: len(key) in (16, 24, 32)),
        "It accepts a key that is longer than enc wants. It has exactly 16 or 32 bytes.": replace(
            RIGHT, key_fits=lambda key, enc: len(key) >= KEY_SIZES[enc] and len(key) in (16, 24, 32)
        ),
    },
    "7": {
        "It accepts a nonce of another length. For AES-GCM in a JWE it has 96 bits (RFC 7518 §5.3).": replace(
            RIGHT, nonce=lambda nonce: len(nonce) >= 8
        ),
        "It accepts a tag of another length: ciphertext and tag are joined, so bytes can wander from one "
        "to the other.": replace(RIGHT, tag=lambda tag: True),
    },
    "8": {
        "A header with other spaces or escapes is refused, as when it is written anew. Take the first "
        "segment as it came.": replace(RIGHT, aad=lambda first, header: b64u_encode(json_dumps(header))),
        "A wrong tag raises InvalidTag, which is no ValueError. Catch it and raise ValueError.": replace(
            RIGHT, decrypt=_leaking
        ),
    },
}

decrypt_jwe = Exercise(
    name="decrypt_jwe",
    points=12,
    spec="RFC 7516 §5.2, §7.1; RFC 7518 §4.5, §5.3; RFC 8725 §3.1, §3.6",
    forbids=("joserfc", "jwt_from_scratch.services.sealed", "zlib"),
    hints=(
        "Look before you compute: the length, the five parts, the header, the names, the sizes. Only what has passed "
        "all "
        "of that is decrypted.",
        '`segments = token.split(".")`, and `map(b64u_decode, segments)` gives header, encrypted key, nonce, '
        "ciphertext "
        'and tag. `alg == "dir"` and in algs; enc a str, in SIZES and in algs; no zip, no crit. AESGCM wants '
        "ciphertext "
        "and tag as one, and the first segment's characters as what it authenticates besides.",
        "`AESGCM(key).decrypt(nonce, ciphertext + tag, segments[0].encode())` raises InvalidTag: catch it, and raise "
        "ValueError. Before that: `len(token) <= 16_384`, `len(segments) == 5`, `not encrypted_key`, `len(key) == "
        "SIZES[enc]`, `len(nonce) == 12`, `len(tag) == 16`.",
    ),
    rules=RULES,
    source=joined(from_aspects(world, aspects, build, oracle), written(in_turn)),
    mistakes=MISTAKES,
    holds=lambda token, key, algs: f"header {held.segment(token.partition('.')[0])}",
)
