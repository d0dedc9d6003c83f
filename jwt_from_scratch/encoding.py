"""Bytes and text that mean exactly one thing: base64url and strict JSON.

Two programs must never read one token differently. So each codec here accepts one text only for each value, and
refuses every other spelling of it.

base64url: RFC 4648 §5 without padding (RFC 7515 §2, Appendix C). JSON: RFC 8259, narrowed as RFC 7515 §4
allows (no duplicate names) and as RFC 8725 §3.7 asks (UTF-8 only).
"""

import json
import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Any, NoReturn

from .errors import EncodingError

MAX_DEPTH = 32
"""How deep arrays and objects may nest. Real tokens need three or four."""

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def b64u_encode(data: bytes) -> str:
    r"""Encode bytes as base64url without padding (RFC 7515 §2).

    >>> b64u_encode(b"\xfb\xff")
    '-_8'

    Raises:
        TypeError: data is not bytes.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"b64u_encode needs bytes, not {type(data).__name__}")
    return b2a_base64(data, newline=False).translate(_TO_URL, b"=").decode("ascii")


def b64u_decode(text: str) -> bytes:
    """Decode base64url without padding, and only its one canonical spelling (RFC 7515 §2, RFC 4648 §3.5).

    Python's decoder skips unknown characters and ignores unused bits. To encode the result again and compare
    finds every such spelling, and is faster than to check each character.

    Raises:
        TypeError: text is not str.
        EncodingError: `b64u_encode` gives this text for no bytes.
    """
    if not isinstance(text, str):
        raise TypeError(f"b64u_decode needs str, not {type(text).__name__}")
    try:
        encoded = text.encode("ascii")
        data = a2b_base64(encoded.translate(_FROM_URL) + b"=" * (-len(encoded) % 4))
    except (UnicodeEncodeError, Base64Error):
        raise EncodingError("not base64url") from None
    if b2a_base64(data, newline=False).translate(_TO_URL, b"=") != encoded:
        raise EncodingError("not canonical base64url (padding, foreign characters or unused bits)")
    return data


def json_loads_strict(data: bytes) -> Any:
    """Read JSON that has one meaning: UTF-8, no duplicate names, finite numbers, no lone surrogates.

    Raises:
        TypeError: data is not bytes.
        EncodingError: not such JSON, or nested deeper than `MAX_DEPTH`.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"json_loads_strict needs bytes, not {type(data).__name__}")
    try:
        text = data.decode("utf-8")
        # Only many brackets can nest deep, and only an escape makes a lone surrogate. So most tokens skip both checks.
        if text.count("{") + text.count("[") > MAX_DEPTH:
            _refuse_depth(text)
        value = _decode(text)
    except UnicodeDecodeError:
        raise EncodingError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise EncodingError(f"not JSON: {error.msg} at character {error.pos}") from None
    except EncodingError:
        raise
    except ValueError:  # an integer of over 4,300 digits
        raise EncodingError("not JSON that this module reads: a number too long") from None
    if "\\u" in text:
        check_json(value)
    return value


def json_dumps(value: Any) -> bytes:
    """Write compact UTF-8 JSON that `json_loads_strict` reads back as the same value.

    Raises:
        TypeError: value holds something that JSON has no form for, or a name that is not a string.
        EncodingError: NaN, infinity, a lone surrogate, a cycle, or nesting deeper than `MAX_DEPTH`.
    """
    check_json(value)
    try:
        return _encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise EncodingError("a string holds half of a surrogate pair") from None
    except ValueError as error:
        raise EncodingError(f"not JSON: {error}") from None


def check_json(value: Any, depth: int = 0) -> None:
    """Refuse values that strict JSON can't represent: deep nesting, lone surrogates, names that are not strings.

    Raises:
        EncodingError: nesting deeper than `MAX_DEPTH`, or half of a surrogate pair.
        TypeError: a name that is not a string (`json.dumps` would quietly turn 1 into "1").
    """
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value)
    elif isinstance(value, dict):
        if depth >= MAX_DEPTH:
            raise EncodingError(f"nested deeper than {MAX_DEPTH}")
        for name, member in value.items():
            if not isinstance(name, str):
                raise TypeError(f"a JSON name must be str, not {type(name).__name__}")
            if not name.isascii():
                _check_text(name)
            if isinstance(member, str):  # the same check as above, inlined for speed
                if not member.isascii():
                    _check_text(member)
            elif not isinstance(member, _FLAT):
                check_json(member, depth + 1)
    elif isinstance(value, (list, tuple)):
        if depth >= MAX_DEPTH:
            raise EncodingError(f"nested deeper than {MAX_DEPTH}")
        for member in value:
            check_json(member, depth + 1)


_FLAT = (int, float, type(None))


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise EncodingError("a string holds half of a surrogate pair") from None


_BRACKETS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|([\[{])|([\]}])', re.DOTALL)
"""A string, in which brackets mean nothing, or a bracket that opens or closes.

A string that does not end is one, too: else each quote in it would be looked at as the beginning of another.
"""


def _refuse_depth(text: str) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += (found.lastindex == 1) - (found.lastindex == 2)
        if depth > MAX_DEPTH:
            raise EncodingError(f"nested deeper than {MAX_DEPTH}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise EncodingError("a name occurs twice in one object")
    return members


def _finite(literal: str) -> float:
    number = float(literal)
    if number - number != 0.0:  # infinite: 1e999 becomes infinity without a call of parse_constant
        raise EncodingError("a number overflows to infinity")
    return number


def _no_constant(name: str) -> NoReturn:
    raise EncodingError(f"{name} is not JSON")


_decode = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_constant).decode
# check_json refuses cycles, so the encoder need not look for them.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")).encode
