"""cookie_for: a token in, the Set-Cookie header's value out that hands it to a browser."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from jwt_from_scratch.encoding import b64u_encode, json_dumps

from ...judging.aspects import Aspect, from_aspects, good, joined, named, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.wants import Satisfies, Want
from .. import kit

NAME_CHARACTERS = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""What a cookie's name is made of (RFC 10025 §4.1.1)."""
ATTRIBUTES = ("Path=/", "Secure", "HttpOnly", "SameSite=Lax")


def world(source: random.Random) -> list[str]:
    """Tokens as they are, of usual lengths: HS256, ES256, RS256."""

    def token(size: int) -> str:
        claims = {"sub": f"user-{source.randrange(10**6)}", "exp": 1_900_000_000 + source.randrange(10**6)}
        parts = [json_dumps({"alg": "HS256", "typ": "JWT"}), json_dumps(claims), source.randbytes(size)]
        return ".".join(map(b64u_encode, parts))

    return [token(size) for size in (32, 64, 256)]


def aspects(tokens: list[str]) -> list[Aspect]:
    """The token."""
    return [
        Aspect(
            "token",
            good(*(named(f"{size} bytes of signature", one) for size, one in zip((32, 64, 256), tokens, strict=True))),
            good(named("with - and _ in it", "eyJ-_.e30_-.-_-_")),
            rare("e30.e30.", "Domain.SameSite.Secure", "a.b.c", named("long", f"e30.{'eyJ' * 900}.AQID")),
        )
    ]


def oracle(token: str) -> tuple[Any, set[str]]:
    """The answer is any good cookie."""
    return token, set()


def in_turn(tokens_from: random.Random) -> Iterator[Trial]:
    """Two tokens, one behind the other."""
    calls = (((token,), good_cookie(token, (token,))) for token in world(tokens_from)[:2])
    yield kit.in_turn("two tokens, and the first again", *calls)


def good_cookie(token: str, args: Args) -> Want:
    """Any value that hands over this token, read as a browser reads it."""
    return Satisfies(lambda value: fault(value, token) or True, "return the value of a Set-Cookie header")


def fault(value: Any, token: str) -> str:
    """What is wrong with a Set-Cookie header's value, or ""."""
    if not isinstance(value, str):
        return f"return text, not {type(value).__name__}"
    if value.lower().startswith("set-cookie"):
        return "return the value without the header's own name"
    if not value.isascii() or not value.isprintable():
        return "return one line of printable ASCII"
    pair, *rest = value.split(";")
    name, equals, content = (part.strip() for part in pair.partition("="))
    said = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in rest)}
    words = [part.partition("=")[0].strip() for part in rest if "=" in part]
    if valued := [word for word in ("Secure", "HttpOnly") if word.lower() in map(str.lower, words)]:
        return f"have {' and '.join(valued)} as a word alone, without `=` and a value"
    return _pair_fault(name if equals or name == token else "", content, token) or _attribute_fault(said)


def _pair_fault(name: str, content: str, token: str) -> str:
    if content == "" and name == token:
        return "return a cookie: a name, an equals sign and the token, not the token alone"
    if not name or not NAME_CHARACTERS.fullmatch(name):
        return "begin with a name, an equals sign and the token"
    if not name.startswith("__Host-") or name == "__Host-":
        return f"have a name of `__Host-` and something behind it; this one is `{name[:40]}`"
    if content == token:
        return ""
    if content.startswith((f"{token} ", f"{token},")):
        return f"have a semicolon behind the token, not a {'space' if content[len(token)] == ' ' else 'comma'}"
    if content.strip("\"'") == token:
        return "have no quotation marks around the token"
    return "have the token between the first equals sign and the first semicolon, as it is"


def _attribute_fault(said: dict[str, str]) -> str:
    """What is wrong with the attributes, read as a browser reads them: names and words in any case, unknown ones
    ignored, the last of two counts."""
    there = {
        "Secure": "secure" in said,
        "HttpOnly": "httponly" in said,
        "Path=/": said.get("path") == "/",
        "SameSite=Lax or SameSite=Strict": said.get("samesite", "").lower() in ("lax", "strict"),
    }
    if missing := [name for name, it in there.items() if not it]:
        none = " (SameSite=None is neither)" if said.get("samesite", "").lower() == "none" else ""
        return f"have {', '.join(missing)}{none}"
    if "domain" in said:
        return "have no Domain"
    if "max-age" not in said and _has_passed(said.get("expires", "")):
        return "have no Expires that has passed"
    return "" if re.fullmatch(r"0*[1-9][0-9]*", said.get("max-age", "1")) else "have a Max-Age above 0 seconds, or none"


def _has_passed(date: str) -> bool:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return False  # no date, and browsers pass over it
    return moment.replace(tzinfo=moment.tzinfo or UTC) < datetime.now(UTC)


@dataclass(frozen=True)
class Cookie:
    """A right cookie_for, of parts that can be got wrong one by one."""

    attributes: tuple[str, ...] = ATTRIBUTES
    name: str = "__Host-token"
    value: Callable[[str], str] = str
    between: str = "; "
    before: str = ""

    def __call__(self, token: str) -> Any:
        """Write the cookie."""
        return self.before + self.between.join([f"{self.name}={self.value(token)}", *self.attributes])


def _without(gone: str) -> Cookie:
    return Cookie(tuple(one for one in ATTRIBUTES if not one.startswith(gone)))


MISTAKES: Mistakes = {
    RETURNS: {
        "The header's name is in it. Return the value only, what stands behind `Set-Cookie:`.": Cookie(
            before="Set-Cookie: "
        ),
        "It returns the bare token. A cookie has a name: `__Host-token=` and the token.": lambda token: token,
        "The name has no prefix. With `__Host-` in front of it a browser refuses the cookie unless it is Secure, for "
        "this host alone and for the whole of it.": Cookie(name="token"),
        "`__Secure-` asks for Secure and no more. `__Host-` also sees to Path=/ and that there is no Domain.": Cookie(
            name="__Secure-token"
        ),
        "Write the prefix as `__Host-`, with a capital H: there are browsers that compare it exactly.": Cookie(
            name="__host-token"
        ),
        "Secure is missing. A cookie without it also travels over plain http, and a browser refuses `__Host-` for "
        "it.": _without("Secure"),
        "HttpOnly is missing, so every script in the page can read the token from document.cookie.": _without("Http"),
        "There is neither SameSite=Lax nor SameSite=Strict. Then each browser decides for itself: Chromium sends a "
        "fresh cookie even with another site's form.": _without("Same"),
        "SameSite=None asks for the cookie to be sent along from every site. Take Lax or Strict.": Cookie(
            ("Path=/", "Secure", "HttpOnly", "SameSite=None")
        ),
        "There is no Path=/, exactly so. `__Host-` demands it; without, the browser throws the cookie away.": _without(
            "Path"
        ),
        "There is a Domain. `__Host-` forbids it, for a cookie that names a domain goes to all its subdomains.": Cookie(
            ("Domain=shed.example", *ATTRIBUTES)
        ),
        "There are quotation marks around the token. A browser keeps them as a part of the value.": Cookie(
            value=lambda token: f'"{token}"'
        ),
        "Attributes are separated by semicolons, not by commas.": Cookie(between=", "),
        "Max-Age must be a whole number of seconds, above 0: with 0 or less the cookie is deleted. Or leave it "
        "out.": Cookie(("Max-Age=0", *ATTRIBUTES)),
        "It returns a dict. A header's value is text: `name=value; Attribute; Attribute=value`.": lambda token: {
            "__Host-token": token
        },
    },
}

cookie_for = Exercise(
    name="cookie_for",
    points=5,
    spec="RFC 10025 §4.1, §4.1.2, §4.1.3.2",
    hints=(
        "A Set-Cookie value is `name=value`, and then attributes, each behind a semicolon. Which ones does the list "
        "above the exercise ask for, and which one must not be there?",
        "The name begins with `__Host-`, the value is the token and nothing else. `Secure` and `HttpOnly` are single "
        "words, `Path` and `SameSite` have a value.",
        'One f-string: `return f"__Host-token={token}; Path=/; Secure; HttpOnly; SameSite=Lax"`.',
    ),
    rules={},
    source=joined(
        from_aspects(
            world, aspects, lambda e: (e.token,), oracle, wants_of_good=good_cookie, examples=(("e30.e30.AQID",),)
        ),
        written(in_turn),
    ),
    mistakes=MISTAKES,
)
