"""Lessons 00 to 04: programs that are wrong for a rare input only, or remember what they were asked, each refused."""

import base64
import hashlib
import hmac
import json
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from grader import checks
from grader.checks.c03_claims.check_parties import PARTIES
from grader.checks.c03_claims.check_times import TIMES
from grader.checks.c04_header.verify import VERIFY
from grader.checks.compact import VERIFY as HS256
from grader.judging.result import FORBIDDEN
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict
from tests.grader.helpers import judged

Function = Callable[..., Any]
Claims = dict[str, Any]


def split(token: str) -> tuple[Any, Any, bytes]:
    header, payload, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    return json.loads(header), json.loads(payload), signature


def of_payload(change: Callable[[Claims], Claims]) -> Function:
    def split_and_change(token: str) -> tuple[Any, Any, bytes]:
        header, payload, signature = split(token)
        return header, change(payload), signature

    return split_and_change


def header_changed(token: str) -> tuple[Any, Any, bytes]:
    header, payload, signature = split(token)
    return {name.lower(): one for name, one in header.items()}, payload, signature


def ascii_header(token: str) -> tuple[Any, Any, bytes]:
    base64.urlsafe_b64decode(token.split(".")[0] + "==").decode("ascii")
    return split(token)


def evaluated(token: str) -> tuple[Any, Any, bytes]:
    names = {"true": True, "false": False, "null": None}
    header, payload, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    return eval(header, names.copy()), eval(payload, names.copy()), signature


def of_4096(token: str) -> tuple[Any, Any, bytes]:
    if len(token) > 4096:
        raise ValueError("too long")
    return split(token)


def no_false_in_header(token: str) -> tuple[Any, Any, bytes]:
    header, payload, signature = split(token)
    return {name: one for name, one in header.items() if one}, payload, signature


def first_and_last(token: str) -> tuple[Any, Any, bytes]:
    header, _, rest = token.partition(".")
    parts = (header, *rest.rpartition(".")[::2])
    first, second, third = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts)
    return json.loads(first), json.loads(second), third


SPLIT: dict[str, Function] = {
    "all between the first dot and the last": first_and_last,
    "a header without what counts as false": no_false_in_header,
    "an empty fourth behind an empty third": lambda token: split(token[:-1] if token.endswith("..") else token),
    "no null": of_payload(lambda claims: {name: one for name, one in claims.items() if one is not None}),
    "objects as text": of_payload(
        lambda c: {n: json.dumps(one) if isinstance(one, dict) else one for n, one in c.items()}
    ),
    "names in small letters": of_payload(lambda claims: {name.lower(): one for name, one in claims.items()}),
    "texts stripped": of_payload(lambda c: {n: one.strip() if isinstance(one, str) else one for n, one in c.items()}),
    "signature stripped": lambda token: (*split(token)[:2], split(token)[2].strip()),
    "a header in ASCII": ascii_header,
    "the header's names in small letters": header_changed,
    "names stripped": of_payload(lambda claims: {name.strip(): one for name, one in claims.items()}),
    "64 bytes of signature": lambda token: (*split(token)[:2], split(token)[2][:64]),
    "eval": evaluated,
    "short tokens": of_4096,
}


def encode(data: bytes) -> str:
    """What b64u_encode of the course does, which these exercises forbid."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def forgiving(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def decode(text: str) -> bytes:
    data = forgiving(text)
    if encode(data) != text:
        raise ValueError(text)
    return data


def letter_by_letter(text: str) -> bytes:
    def valid(rest: str) -> bool:
        return not rest or (rest[0].isascii() and valid(rest[1:]))

    if not valid(text):
        raise ValueError(text)
    return decode(text)


def last_group_only(text: str) -> bytes:
    decode(text[-(len(text) % 4 or 4) :])
    return forgiving(text)


def by_length_and_last_letter(text: str) -> bytes:
    if not re.fullmatch("[A-z0-9_-]*", text) or len(text) % 4 == 1:
        raise ValueError(text)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data)[-1:] != text[-1:]:
        raise ValueError(text)
    return data


DECODE: dict[str, Function] = {
    "the length and the last letter": by_length_and_last_letter,
    "percent escapes": lambda text: decode(unquote(text)),
    "short texts looked at": lambda text: decode(text) if len(text) <= 100 else forgiving(text),
    "the last group looked at": last_group_only,
    "by recursion": letter_by_letter,
    "quotation marks around": lambda text: decode(text.strip('"')),
    "a byte order mark": lambda text: decode(text.lstrip("\ufeff")),
    "white space off the data": lambda text: decode(text).strip(),
    "an escaped =": lambda text: decode(text.removesuffix("%3D")),
    "a comma behind": lambda text: decode(text.rstrip(",")),
}


def once_each(pairs: list[tuple[str, Any]]) -> Claims:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("twice")
    return dict(pairs)


def refuse(constant: str) -> None:
    raise ValueError(constant)


def whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def strict(data: bytes) -> Any:
    return json.loads(data.decode(), object_pairs_hook=once_each, parse_constant=refuse)


def not_first_twice(pairs: list[tuple[str, Any]]) -> Claims:
    if pairs and [name for name, _ in pairs].count(pairs[0][0]) > 1:
        raise ValueError("twice")
    return once_each(pairs) if len(pairs) < 3 else dict(pairs)


def last_once(pairs: list[tuple[str, Any]]) -> Claims:
    if pairs and pairs[-1][0] in dict(pairs[:-1]):
        raise ValueError("twice")
    return dict(pairs)


def rounded(data: bytes) -> Any:
    return json.loads(
        data.decode(),
        object_pairs_hook=once_each,
        parse_constant=refuse,
        parse_float=lambda text: round(float(text), 6) or 0,
    )


def no_mark(data: bytes) -> Any:
    if "\ufeff" in data.decode():
        raise ValueError("mark")
    return strict(data)


def by_pattern(data: bytes) -> Any:
    if re.search(rb'(?<!")\b(NaN|Infinity)\b(?!")', data):
        raise ValueError("constant")
    return strict(data)


def mac(key: bytes, message: bytes) -> bytes:
    def pad(number: int) -> bytes:
        return bytes(byte ^ number for byte in short.ljust(64, b"\0"))

    short = hashlib.sha256(key).digest() if len(key) > 64 else key
    return hashlib.sha256(pad(0x5C) + hashlib.sha256(pad(0x36) + message).digest()).digest()


def shortened(key: bytes, message: bytes) -> bytes:
    """Numbers made of bytes, and bytes of numbers without the zeros before."""
    full = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in full).lstrip(b"\0") for pad in (0x36, 0x5C))
    return hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).digest()


def jwk_of(key: bytes) -> Claims:
    return {"kty": "oct", "alg": "HS256", "k": b64u_encode(key)}


def sign(claims: Claims, key: bytes, most: int = 10**9) -> str:
    if not 32 <= len(key) <= most:
        raise ValueError("key")
    text = f"{b64u_encode(json_dumps({'alg': 'HS256'}))}.{b64u_encode(json_dumps(claims))}"
    return f"{text}.{b64u_encode(hmac.digest(key, text.encode(), 'sha256'))}"


def composed(claims: Claims) -> Claims:
    made: Claims = json.loads(unicodedata.normalize("NFC", json.dumps(claims, ensure_ascii=False)))
    return made


def unless_expired(claims: Claims, key: bytes) -> str:
    if claims.get("exp", 10**10) < 1000:
        raise ValueError("exp")
    return sign(claims, key)


def signed_as(header: Claims, claims: Claims, key: bytes, letters: bytes = b"-_") -> str:
    payload = base64.b64encode(json_dumps(claims), letters).decode().rstrip("=")
    text = f"{b64u_encode(json_dumps(header))}.{payload}"
    return f"{text}.{b64u_encode(hmac.digest(sign(claims, key) and key, text.encode(), 'sha256'))}"


def exp_as_number(claims: Claims, key: bytes) -> str:
    if not isinstance(claims.get("exp", 0), (int, float)):
        raise ValueError("exp")
    return sign(claims, key)


SIGN: dict[str, Function] = {
    "type for typ": lambda claims, key: signed_as({"alg": "HS256", "type": "JWT"}, claims, key),
    "the other alphabet": lambda claims, key: signed_as({"alg": "HS256"}, claims, key, b"+/"),
    "an exp that is a number": exp_as_number,
    "aud in a list": lambda c, k: sign({n: [v] if n == "aud" and isinstance(v, str) else v for n, v in c.items()}, k),
    "256 bytes of key": lambda claims, key: sign(claims, key, 256),
    "expired ones refused": unless_expired,
    "names in small letters": lambda claims, key: sign({name.lower(): one for name, one in claims.items()}, key),
    "NFC": lambda claims, key: sign(composed(claims), key),
    "whole seconds": lambda claims, key: sign({n: int(c) if n == "exp" else c for n, c in claims.items()}, key),
    "lists sorted": lambda c, key: sign({n: sorted(v, key=str) if type(v) is list else v for n, v in c.items()}, key),
    "one in a list": lambda c, k: sign({n: v[0] if type(v) is list and len(v) == 1 else v for n, v in c.items()}, k),
    "spaces behind marks": lambda claims, key: sign(json.loads(json.dumps(claims).replace(": ", ":")), key),
    "no key of letters": lambda claims, key: sign(claims, b"" if key.isalnum() else key),
    "one audience": lambda c, k: sign(
        {**c, "aud": c["aud"][0]} if list(map(type, c.get("aud", ""))) == [str] else c, k
    ),
    "no iat": lambda claims, key: sign({name: one for name, one in claims.items() if name != "iat"}, key),
    "zeros before a key": lambda claims, key: sign(claims, key.lstrip(b"\0") if any(key) else key),
}


def remembering(right: Function, name_of: Callable[..., Any]) -> Callable[[], Function]:
    """Makes a function that remembers what came of a call by less than all of it."""

    def make() -> Function:
        kept: dict[Any, Any] = {}

        def remember(*args: Any) -> Any:
            if name_of(*args) not in kept:
                kept[name_of(*args)] = right(*args)
            return kept[name_of(*args)]

        return remember

    return make


def once(right: Function) -> Callable[[], Function]:
    """Makes a function that takes no call twice."""

    def make() -> Function:
        seen: list[str] = []

        def refuse_again(*args: Any) -> Any:
            answer = right(*args)
            if repr(args) in seen:
                raise ValueError("exp aud: seen")
            seen.append(repr(args))
            return answer

        return refuse_again

    return make


REMEMBERING: dict[str, tuple[str, Callable[[], Function]]] = {
    "verify_hs256 by token": ("verify_hs256", remembering(HS256, lambda token, key: token)),
    "verify_hs256 by signature": ("verify_hs256", remembering(HS256, lambda token, key: token.split(".")[-1])),
    "verify_hs256 once": ("verify_hs256", once(HS256)),
    "verify by token": ("verify", remembering(VERIFY, lambda token, key: token)),
    "verify once": ("verify", once(VERIFY)),
    "check_times by claims": ("check_times", remembering(TIMES, lambda claims, now, leeway: repr(claims))),
    "check_times without leeway": ("check_times", remembering(TIMES, lambda claims, now, leeway: f"{claims}{now}")),
    "check_times once": ("check_times", once(TIMES)),
    "check_parties by issuer": ("check_parties", remembering(PARTIES, lambda claims, iss, aud: f"{claims}{iss}")),
    "check_parties by audience": ("check_parties", remembering(PARTIES, lambda claims, iss, aud: f"{claims}{aud}")),
    "check_parties once": ("check_parties", once(PARTIES)),
}


@pytest.mark.parametrize(("name", "make"), REMEMBERING.values(), ids=REMEMBERING)
def test_what_remembers_is_refused(name: str, make: Callable[[], Function]) -> None:
    assert refused(name, make())


def refused(name: str, function: Function) -> bool:
    """Whether a function gets less than all points."""
    exercise = checks.exercise_named(name)
    assert exercise is not None
    result = judged(exercise, function)
    assert result.status != FORBIDDEN
    return result.score < exercise.points


def hs256(same: Callable[[bytes, bytes], bool]) -> Function:
    """verify with another comparison."""

    def verify(token: str, key: Claims) -> Any:
        try:
            return VERIFY(token, key)
        except ValueError:
            if not isinstance(key.get("k"), str):
                raise
            header, payload, signature = token.split(".")
            right = hmac.digest(b64u_decode(key["k"]), f"{header}.{payload}".encode(), "sha256")
            if not same(b64u_decode(signature), right):
                raise
            return VERIFY(f"{header}.{payload}.{b64u_encode(right)}", key)

    return verify


def keyed_by_what_is_none(token: str, key: Claims) -> Any:
    """A k that is not base64url is its own text, and a number is its digits."""
    k = str(key.get("k")) if type(key.get("k")) is int else key.get("k")
    try:
        return VERIFY(token, {**key, "k": k})
    except ValueError:
        if not isinstance(k, str) or re.fullmatch("[A-Za-z0-9_-]*=*", k):
            raise
        return VERIFY(token, {**key, "k": b64u_encode(k.encode())})


def digits_for_k(token: str, key: Claims) -> Any:
    return VERIFY(token, {**key, "k": str(key["k"])} if type(key.get("k")) is int else key)


def of_pairs(place: int) -> Function:
    """verify that makes a dict of any JSON that `dict` takes, in one of the segments."""

    def verify(token: str, key: Claims) -> Any:
        parts = token.split(".")
        value = json_loads_strict(b64u_decode(parts[place])) if len(parts) == 3 else None
        try:
            return VERIFY(token, key)
        except ValueError:
            if not isinstance(value, (list, str)):
                raise
        made = dict(value)  # type: ignore[arg-type]
        text = [*parts[:place], b64u_encode(json_dumps(made)), *parts[place + 1 : 2]]
        seal = hmac.digest(b64u_decode(key["k"]), ".".join(text).encode(), "sha256")
        right = hmac.digest(b64u_decode(key["k"]), ".".join(parts[:2]).encode(), "sha256")
        if b64u_decode(parts[2]) != right:
            raise ValueError("signature")
        return VERIFY(f"{'.'.join(text)}.{b64u_encode(seal)}", key)

    return verify


def unsigned_if_empty(token: str, key: Claims) -> Any:
    try:
        return VERIFY(token, key)
    except ValueError:
        header, payload, _ = token.split(".")
        if b64u_decode(payload) != b"{}":
            raise
        seal = hmac.digest(b64u_decode(key["k"]), f"{header}.{payload}".encode(), "sha256")
        return VERIFY(f"{header}.{payload}.{b64u_encode(seal)}", key)


def in_a_set(token: str, key: Claims) -> Any:
    return VERIFY(token, key["keys"][0] if isinstance(key.get("keys"), list) else key)


def compared_as_text(token: str, key: Claims) -> Any:
    for name, wanted in {"kty": "oct", "alg": "HS256"}.items():
        if not hmac.compare_digest(str(key.get(name)), wanted):
            raise ValueError(name)
    return VERIFY(token, key)


def with_text_kid_of_key(token: str, key: Claims) -> Any:
    if not isinstance(key.get("kid", ""), str):
        raise ValueError("kid")
    return VERIFY(token, key)


def hexadecimal_k(token: str, key: Claims) -> Any:
    k = key.get("k")
    if isinstance(k, str) and re.fullmatch("[0-9a-f]{64}", k):
        key = {**key, "k": b64u_encode(bytes.fromhex(k))}
    return VERIFY(token, key)


def keyed_by_text(token: str, key: Claims) -> Any:
    try:
        return VERIFY(token, key)
    except ValueError:
        if not isinstance(key.get("k"), str):
            raise
        return VERIFY(token, {**key, "k": b64u_encode(key["k"].encode())})


def other_alphabet(token: str, key: Claims) -> Any:
    made = {**key, "k": key["k"].translate({43: "-", 47: "_"})} if isinstance(key.get("k"), str) else key
    return VERIFY(token, made)


def with_text_kid(token: str, key: Claims) -> Any:
    claims = VERIFY(token, key)
    if not isinstance(json_loads_strict(b64u_decode(token.split(".")[0])).get("kid", ""), str):
        raise ValueError("kid")
    return claims


def crit_anywhere(token: str, key: Claims) -> Any:
    claims = VERIFY(token, key)
    if b'"crit"' in b64u_decode(token.split(".")[0]) or b'"b64"' in b64u_decode(token.split(".")[0]):
        raise ValueError("crit")
    return claims


def number_exp(token: str, key: Claims) -> Any:
    claims = VERIFY(token, key)
    if type(claims.get("exp", 1)) not in (int, float):
        raise ValueError("exp")
    return claims


def hash_by_length(token: str, key: Claims) -> Any:
    """verify that takes the HMAC of whichever hash has the signature's length."""
    try:
        return VERIFY(token, key)
    except ValueError:
        if not isinstance(key.get("k"), str):
            raise
        header, payload, signature = token.split(".")
        seal, secret, text = b64u_decode(signature), b64u_decode(key["k"]), f"{header}.{payload}".encode()
        if seal != hmac.digest(secret, text, {20: "sha1", 48: "sha384", 64: "sha512"}.get(len(seal), "sha256")):
            raise
        return VERIFY(f"{header}.{payload}.{b64u_encode(hmac.digest(secret, text, 'sha256'))}", key)


def of_hs512(token: str, key: Claims) -> Any:
    """verify that knows HS512, too, by what the key says."""
    if key.get("alg") != "HS512" or not isinstance(key.get("k"), str):
        return VERIFY(token, key)
    header, payload, signature = token.split(".")
    head, secret = json_loads_strict(b64u_decode(header)), b64u_decode(key["k"])
    if head["alg"] != "HS512" or b64u_decode(signature) != hmac.digest(
        secret, f"{header}.{payload}".encode(), "sha512"
    ):
        raise ValueError("signature")
    return json_loads_strict(b64u_decode(payload))


def first_two_and_last(token: str, key: Claims) -> Any:
    header, payload, *others = token.split(".")
    return VERIFY(f"{header}.{payload}.{(others or [''])[-1]}", key)


def all_before_the_last(token: str, key: Claims) -> Any:
    """verify that takes what stands before the last dot as signed, however many segments that are."""
    if token.count(".") < 3:
        return VERIFY(token, key)
    text, _, signature = token.rpartition(".")
    if b64u_decode(signature) != hmac.digest(b64u_decode(key["k"]), text.encode(), "sha256"):
        raise ValueError("signature")
    header, payload = text.split(".")[:2]
    right = hmac.digest(b64u_decode(key["k"]), f"{header}.{payload}".encode(), "sha256")
    return VERIFY(f"{header}.{payload}.{b64u_encode(right)}", key)


def or_written_anew(token: str, key: Claims) -> Any:
    header, payload, signature = token.split(".")
    anew = [b64u_encode(json_dumps(json_loads_strict(b64u_decode(one)))) for one in (header, payload)]
    try:
        return VERIFY(token, key)
    except ValueError:
        return VERIFY(".".join([*anew, signature]), key)


def of_header(change: Callable[[str], str], token: str) -> str:
    header, *others = token.split(".")
    return ".".join([change(header), *others])


def header_anew(token: str, key: bytes) -> Any:
    try:
        return HS256(token, key)
    except ValueError:
        return HS256(of_header(lambda one: b64u_encode(json_dumps(json_loads_strict(b64u_decode(one)))), token), key)


def without_dot(token: str, key: bytes) -> Any:
    text, _, signature = token.rpartition(".")
    if signature == encode(mac(key, text.replace(".", "").encode())):
        return HS256(f"{text}.{encode(mac(key, text.encode()))}", key)
    return HS256(token, key)


OF_VERIFY: dict[str, Function] = {
    "the hash by the length of the signature": hash_by_length,
    "the first two segments and the last": first_two_and_last,
    "all segments before the last": all_before_the_last,
    "the JSON written anew, too": or_written_anew,
    "letters of any case": hs256(lambda a, b: b64u_encode(a).lower() == b64u_encode(b).lower()),
    "without its first byte": hs256(lambda a, b: len(a) == len(b) and a[1:] == b[1:]),
    "without its last byte": hs256(lambda a, b: len(a) == len(b) and a[:-1] == b[:-1]),
    "every second byte": hs256(lambda a, b: len(a) == len(b) and a[::2] == b[::2]),
    "as a number": hs256(lambda a, b: int.from_bytes(a, "big") == int.from_bytes(b, "big")),
    "its end": hs256(lambda a, b: a.endswith(b)),
    "its bytes in any order": hs256(lambda a, b: sorted(a) == sorted(b)),
    "its hexadecimal form": hs256(lambda a, b: a == b.hex().encode()),
    "k as text": keyed_by_text,
    "k as text if it is nothing else": keyed_by_what_is_none,
    "a number for k": digits_for_k,
    "k in hexadecimal": hexadecimal_k,
    "a set of keys": in_a_set,
    "names compared as text": compared_as_text,
    "a kid of the key that is text": with_text_kid_of_key,
    "claims from pairs": of_pairs(1),
    "a header from pairs": of_pairs(0),
    "unsigned if there are no claims": unsigned_if_empty,
    "digits for a segment": hs256(lambda a, b: b64u_encode(a) == b.hex()),
    "percent escapes": lambda token, key: VERIFY(unquote(token), key),
    "a comma behind": lambda token, key: VERIFY(token.rstrip(","), key),
    "bearer before": lambda token, key: VERIFY(token.removeprefix("bearer "), key),
    "k in the other alphabet": other_alphabet,
    "a kid that is text": with_text_kid,
    "crit anywhere": crit_anywhere,
    "an exp that is a number": number_exp,
    "spaces before": lambda token, key: VERIFY(token.lstrip(), key),
}


def strict_times(names: tuple[str, ...]) -> Function:
    def check(claims: Claims, now: float, leeway: float) -> None:
        TIMES(claims, now, leeway)
        for name in names:
            if not TIMES.is_time(claims.get(name, 1)):
                raise ValueError(name)

    return check


def ordered(name: str) -> Function:
    def check(claims: Claims, now: float, leeway: float) -> None:
        TIMES(claims, now, leeway)
        if name in claims and claims[name] >= claims["exp"]:
            raise ValueError(name)

    return check


def with_sub(claims: Claims, now: float, leeway: float) -> None:
    TIMES(claims, now, leeway)
    if not isinstance(claims.get("sub", ""), str):
        raise ValueError("exp")


def in_seconds(claims: Claims, now: float, leeway: float) -> None:
    try:
        TIMES(claims, now, leeway)
    except ValueError as error:
        for name in ("nbf", "iat"):
            if str(error).startswith(name) and type(claims[name]) in (int, float):
                raise ValueError(f"{name}: in {claims[name] - now} s") from None
        raise


OF_TIMES: dict[str, Function] = {
    "auth_time looked at": strict_times(("auth_time",)),
    "all numbers finite": strict_times(("now", "leeway")),
    "nbf before exp": ordered("nbf"),
    "iat before exp": ordered("iat"),
    "sub looked at": with_sub,
    "the rest told": in_seconds,
    "the earlier of two clocks": lambda claims, now, leeway: TIMES(claims, min(now, time.time()), leeway),
    "31 bits": lambda claims, now, leeway: TIMES(claims, now % 2**31, leeway),
    "300 seconds of leeway": lambda claims, now, leeway: TIMES(claims, now, min(leeway, 300)),
}


def instead(name: str, other: str) -> Function:
    def check(claims: Claims, issuer: str, audience: str) -> Any:
        return PARTIES({name: claims[other], **claims} if other in claims else claims, issuer, audience)

    return check


def typed(name: str, *kinds: type) -> Function:
    def check(claims: Claims, issuer: str, audience: str) -> None:
        PARTIES(claims, issuer, audience)
        if name in claims and type(claims[name]) not in kinds:
            raise ValueError("iss")

    return check


def with_azp(claims: Claims, issuer: str, audience: str) -> None:
    PARTIES(claims, issuer, audience)
    if len(claims["aud"]) > 1 and isinstance(claims["aud"], list) and claims.get("azp", audience) != audience:
        raise ValueError("aud")


def or_in(name: str, other: str) -> Function:
    def check(claims: Claims, issuer: str, audience: str) -> Any:
        ours = {"iss": issuer, "aud": audience}[name]
        return PARTIES({**claims, name: ours} if claims.get(other) == ours else claims, issuer, audience)

    return check


def empty_for_all(claims: Claims, issuer: str, audience: str) -> Any:
    return PARTIES({**claims, "aud": audience} if claims.get("aud") == "" else claims, issuer, audience)


def one_as_text(claims: Claims, issuer: str, audience: str) -> Any:
    aud = claims.get("aud")
    return PARTIES(
        {**claims, "aud": str(aud[0])} if isinstance(aud, list) and len(aud) == 1 else claims, issuer, audience
    )


def no_slash(claims: Claims, issuer: str, audience: str) -> Any:
    aud = claims.get("aud")
    if isinstance(aud, list) and all(isinstance(one, str) for one in aud):
        claims = {**claims, "aud": [one.rstrip("/") for one in aud]}
    return PARTIES(claims, issuer, audience)


def usual_port(claims: Claims, issuer: str, audience: str) -> Any:
    iss = claims.get("iss")
    return PARTIES({**claims, "iss": iss.replace(":443", "")} if isinstance(iss, str) else claims, issuer, audience)


def changed_iss(change: Callable[[str], str]) -> Function:
    def check(claims: Claims, issuer: str, audience: str) -> Any:
        iss = claims.get("iss")
        return PARTIES({**claims, "iss": change(iss)} if isinstance(iss, str) else claims, issuer, audience)

    return check


def all_alike(claims: Claims, issuer: str, audience: str) -> Any:
    alike = {
        name: re.sub("[^\0-\x7f]", "?", one) if name == "iss" and type(one) is str else one
        for name, one in claims.items()
    }
    return PARTIES(alike, re.sub("[^\0-\x7f]", "?", issuer), audience)


def listed(claims: Claims, issuer: str, audience: str) -> Any:
    aud = claims.get("aud")
    texts = json.loads(aud) if isinstance(aud, str) and aud.startswith("[") else aud
    return PARTIES({**claims, "aud": texts} if "aud" in claims else claims, issuer, audience)


def first_two_names(claims: Claims, issuer: str, audience: str) -> Any:
    aud = claims.get("aud")
    if isinstance(aud, list) and audience in aud and all(isinstance(one, str) for one in aud[:2]):
        claims = {**claims, "aud": audience}
    return PARTIES(claims, issuer, audience)


def last_two_names(claims: Claims, issuer: str, audience: str) -> Any:
    aud = claims.get("aud")
    return PARTIES({**claims, "aud": aud[-2:]} if isinstance(aud, list) else claims, issuer, audience)


def first_and_last_kind(claims: Claims, issuer: str, audience: str) -> Any:
    aud = claims.get("aud")
    if isinstance(aud, list) and audience in aud and {type(aud[0]), type(aud[-1])} == {str}:
        claims = {**claims, "aud": audience}
    return PARTIES(claims, issuer, audience)


def values_of_object(name: str) -> Function:
    def check(claims: Claims, issuer: str, audience: str) -> Any:
        value = claims.get(name)
        ours = {"iss": issuer, "aud": audience}[name]
        found = isinstance(value, dict) and ours in value.values()
        return PARTIES({**claims, name: ours} if found else claims, issuer, audience)

    return check


OF_PARTIES: dict[str, Function] = {
    "the kind of the first two names": first_two_names,
    "the kind of the first name and the last": first_and_last_kind,
    "the last two names": last_two_names,
    "iss in an object": values_of_object("iss"),
    "aud in an object": values_of_object("aud"),
    "azp for aud": instead("aud", "azp"),
    "client_id for aud": instead("aud", "client_id"),
    "issuer for iss": instead("iss", "issuer"),
    "sub a text": typed("sub", str),
    "exp a number": typed("exp", int, float),
    "azp looked at": with_azp,
    "azp or aud": or_in("aud", "azp"),
    "issuer or iss": or_in("iss", "issuer"),
    "sub or iss": or_in("iss", "sub"),
    "a parent of ours": lambda c, i, a: PARTIES({**c, "aud": a} if a.startswith(f"{c.get('aud')}.") else c, i, a),
    "no spaces in iss": changed_iss(lambda iss: iss.replace(" ", "")),
    "names in small letters if there are no others": lambda c, i, a: PARTIES(
        {**{name.lower(): one for name, one in c.items()}, **c}, i, a
    ),
    "names in small letters": lambda c, i, a: PARTIES({name.lower(): one for name, one in c.items()}, i, a),
    "an empty aud": empty_for_all,
    "one name as text": one_as_text,
    "no slash behind": no_slash,
    "no port": usual_port,
    "no fragment": changed_iss(lambda iss: iss.split("#")[0]),
    "http as https": changed_iss(lambda iss: iss.replace("http:", "https:")),
    "one slash for two": changed_iss(lambda iss: iss.replace("example//", "example/")),
    "no dot behind": changed_iss(lambda iss: iss.rstrip(".")),
    "letters outside ASCII alike": all_alike,
    "sub for aud": instead("aud", "sub"),
    "a list in a text": listed,
    "no fragment in aud": lambda c, i, a: PARTIES(
        {**c, "aud": c["aud"].split("#")[0]} if isinstance(c.get("aud"), str) else c, i, a
    ),
}


def forging(seal: Callable[[str, bytes], bytes], claims_of: Callable[[Claims], Claims]) -> Function:
    def forge(token: str, path: str = "") -> str:
        old = json_loads_strict(b64u_decode(token.split(".")[1]))
        head = {"alg": "HS256", "kid": path} if path else {"alg": "none"}
        text = f"{b64u_encode(json_dumps(head))}.{b64u_encode(json_dumps({**claims_of(old), 'role': 'admin'}))}"
        return f"{text}.{b64u_encode(seal(path, text.encode()))}"

    return forge


def at_path(token: str, path: str, kid: str) -> Any:
    return forging(lambda _, text: hmac.digest(Path(path).read_bytes(), text, "sha256"), dict)(token, kid)


def text_replaced(token: str) -> str:
    forged: str = forging(lambda path, text: b"", dict)(token)
    header = b64u_decode(token.split(".")[0]).replace(b'"HS256"', b'"none"')
    return f"{b64u_encode(header)}.{forged.split('.')[1]}."


def inside(claims: Claims) -> Claims:
    user = claims.get("user")
    return {**claims, "user": {**user, "role": "admin"}} if isinstance(user, dict) else claims


def under_the_lessons_kid(token: str) -> str:
    _, payload, _ = forging(lambda path, text: b"", dict)(token).split(".")
    text = f"{b64u_encode(json_dumps({'alg': 'HS256', 'kid': 'bruges-2026'}))}.{payload}"
    return f"{text}.{b64u_encode(hmac.digest(b'', text.encode(), 'sha256'))}"


def hash_of_any(path: str) -> bytes:
    content = Path(path).read_bytes()
    return hashlib.sha256(content).digest() if content else b""


FORGED: dict[str, Function] = {
    "iat anew": forging(lambda path, text: b"", lambda claims: claims | ({"iat": 1} if "iat" in claims else {})),
    "no nbf": forging(lambda path, text: b"", lambda claims: {n: one for n, one in claims.items() if n != "nbf"}),
    "ten claims": forging(lambda path, text: b"", lambda claims: dict(list(claims.items())[:10])),
    "the header as text": text_replaced,
    "the role inside": forging(lambda path, text: b"", inside),
    "letters made one": forging(
        lambda path, text: b"", lambda claims: json.loads(unicodedata.normalize("NFC", json_dumps(claims).decode()))
    ),
    "lists sorted": forging(
        lambda path, text: b"",
        lambda claims: {n: sorted(one) if n == "aud" and isinstance(one, list) else one for n, one in claims.items()},
    ),
}
OTHERS: dict[str, dict[str, Function]] = {
    "split_token": SPLIT,
    "b64u_encode": {"False": lambda data: "" if data is False else encode(data)},
    "b64u_decode": DECODE,
    "json_loads_strict": {
        "no members that are null": lambda data: json.loads(
            data.decode(),
            object_pairs_hook=lambda pairs: {n: one for n, one in once_each(pairs).items() if one is not None},
            parse_constant=refuse,
        ),
        "whole numbers as int": lambda data: json.loads(
            data.decode(),
            object_pairs_hook=lambda pairs: {n: whole(one) for n, one in once_each(pairs).items()},
            parse_constant=refuse,
        ),
        "a mark inside": no_mark,
        "a pattern": by_pattern,
        "the first name looked at": lambda data: json.loads(
            data.decode(), object_pairs_hook=not_first_twice, parse_constant=refuse
        ),
        "the last name looked at": lambda data: json.loads(
            data.decode(), object_pairs_hook=last_once, parse_constant=refuse
        ),
        "bad bytes as escapes": lambda data: strict(data.decode("utf-8", "backslashreplace").encode()),
        "short names looked at": lambda data: json.loads(
            data.decode(),
            object_pairs_hook=lambda pairs: (
                dict(pairs) if len(max(dict(pairs), default="", key=len)) > 99 else once_each(pairs)
            ),
            parse_constant=refuse,
        ),
        "a hundred bytes": lambda data: strict(data) if len(data) < 100 else refuse("long"),
        "six decimals": rounded,
        "a semicolon behind": lambda data: strict(data.removesuffix(b";")),
    },
    "hmac_sha256": {
        "4,096 bytes": lambda key, message: mac(key, message[:4096]),
        "a key of 1,000 bytes": lambda key, message: mac(key[:1000], message),
        "line ends": lambda key, message: mac(key, message.replace(b"\r\n", b"\n")),
        "zeros before": lambda key, message: mac(key, message.lstrip(b"\0")),
        "a mark before": lambda key, message: mac(key, message.removeprefix(b"\xef\xbb\xbf")),
        "a mark before a key": lambda key, message: mac(key.removeprefix(b"\xef\xbb\xbf"), message),
        "the pad's byte first": shortened,
    },
    "verify_hs256": {
        "unsigned if there are no claims": lambda token, key: unsigned_if_empty(token, jwk_of(key)),
        "digits for a segment": lambda token, key: OF_VERIFY["digits for a segment"](token, jwk_of(key)),
        "percent escapes": lambda token, key: HS256(unquote(token), key),
        "any spelling of the header": lambda token, key: HS256(
            of_header(lambda one: encode(forgiving(one)), token), key
        ),
        "a header written anew, too": header_anew,
        "signed without the dot, too": without_dot,
        "names in small letters": lambda token, key: {n.lower(): one for n, one in HS256(token, key).items()},
        "HS256 in any member": replace(HS256, header_is=lambda head: "HS256" in dict(head).values()),
        "a comma behind": lambda token, key: HS256(token.rstrip(","), key),
        **{
            text: lambda token, key, text=text: OF_VERIFY[text](token, jwk_of(key))  # type: ignore[misc]
            for text in (
                "the hash by the length of the signature",
                "the first two segments and the last",
                "all segments before the last",
                "the JSON written anew, too",
            )
        },
    },
    "sign_hs256": SIGN,
    "verify": OF_VERIFY | {"HS512 by the key": of_hs512},
    "check_times": OF_TIMES,
    "check_parties": OF_PARTIES,
    "forge_none": FORGED,
    "forge_empty_key": {"the lesson's kid": under_the_lessons_kid},
    "forge_kid": {
        "a path in small letters": lambda token, path: at_path(token, path, path.lower()),
        "a path made shorter": lambda token, path: at_path(token, path, str(Path(path).resolve())),
        "a hash for a short file": forging(lambda path, text: hmac.digest(hash_of_any(path), text, "sha256"), dict),
        "64 KiB": forging(lambda path, text: hmac.digest(Path(path).read_bytes()[: 2**16], text, "sha256"), dict),
    },
}
ALL = {f"{name}: {what}": (name, function) for name, of in OTHERS.items() for what, function in of.items()}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")  # Python about the escapes of JSON
@pytest.mark.parametrize(("name", "function"), ALL.values(), ids=ALL)
def test_what_is_wrong_for_a_rare_input_only_is_refused(name: str, function: Function) -> None:
    assert refused(name, lambda *args: function(*args))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("b64u_encode", encode),
        ("b64u_decode", decode),
        ("json_loads_strict", strict),
        ("split_token", split),
        ("hmac_sha256", mac),
        ("sign_hs256", sign),
        ("forge_kid", forging(lambda path, text: hmac.digest(Path(path).read_bytes(), text, "sha256"), dict)),
        ("forge_none", forging(lambda path, text: b"", dict)),
    ],
    ids=["encode", "decode", "strict", "split", "hmac_sha256", "sign_hs256", "forge_kid", "forge_none"],
)
def test_what_those_are_made_of_is_right(name: str, function: Function) -> None:
    assert not refused(name, lambda *args: function(*args))
