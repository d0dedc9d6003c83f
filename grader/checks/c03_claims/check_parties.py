"""check_parties: claims, the issuer and our own name in; ValueError that names the claim, or None."""

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from ...judging.aspects import ABSENT, Aspect, bad, from_aspects, good, joined, named, named_ones, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, HALF
from ...judging.wants import Want
from .. import kit
from .common import SILENT, TRUE, names_one_of, passes

NAMES = ("iss", "aud")
RULES = {
    "1 there": "Without iss nobody can tell who made the token, so it must be there.",
    "1 kind": "iss is one string (RFC 7519 §4.1.1).",
    "1 equal": "iss must be equal to the issuer that we trust, character by character (RFC 7519 §2, StringOrURI).",
    "2 there": "Without aud nobody can tell whom the token is for, so it must be there.",
    "2 kind": "aud is a string or a list of strings, and nothing else (RFC 7519 §4.1.3).",
    "2 equal": "aud must be equal to our name, or be a list in which one string is, wherever it stands.",
    "3": "Claims other than iss and aud do not matter.",
}
ICELAND = "https://\u00feing.example/b\u00f3k"
PATTERN = "https://id.example/t?a=[b]+(c)*.d$"
FITTING = "https://id.example/a=bbccxd"
"""An issuer whose name is a pattern, and another that fits it."""
API = "https://API.example/v1/"
BOOK = {"audience": "b\u00f3k"}


def world(source: random.Random) -> Any:
    """An issuer and an audience."""
    numbers = [source.randrange(100, 1000) for _ in range(2)]
    return SimpleNamespace(issuer=f"https://Kiosk.id.example/t{numbers[0]}", audience=f"pay-desk.{numbers[1]}")


def aspects(w: Any) -> list[Aspect]:
    """The two arguments, the two claims, and others."""
    others: list[dict[str, Any]] = [
        {"sub": 7, "exp": "soon", "role": None},
        {"azp": "other", "client_id": 7, "nbf": "soon"},
        {"ISS": "x", "Aud": [], "issuer": "x", "audience": "y"},
        {"": 0, "jti": None},
    ]
    return [
        Aspect(
            "issuer",
            good(named("usual", w.issuer)),
            good("joe", named("a mail address", "mailto:a@b.example"), rule="1 equal", shy=True),
            rare(ICELAND, PATTERN, rule="1 equal", shy=True),
        ),
        Aspect(
            "audience",
            good(named("usual", w.audience)),
            good("bank", API, rule="2 equal", shy=True),
            rare("b\u00f3k", "a.b*c", "a b", rule="2 equal", shy=True),
        ),
        _iss(w),
        _aud(w),
        Aspect(
            "others",
            good({}, rule="3"),
            good(
                *others,
                named("names like ours", _like_ours),
                named("names like the issuer", lambda e: dict.fromkeys(("sub", "azp", "client_id", "idp"), e.issuer)),
                named("names nearly ours", _nearly_ours),
                rule="3",
            ),
        ),
    ]


def _like_ours(e: Any) -> dict[str, Any]:
    return {"sub": e.audience, "azp": e.audience, "client_id": e.audience, "audience": e.audience, "issuer": e.issuer}


def _nearly_ours(e: Any) -> dict[str, Any]:
    return {form.format(name): one for name, one in _both(e).items() for form in ("{} ", " {}", "{}\n")} | {
        form(name): one for name, one in _both(e).items() for form in (str.upper, str.title)
    }


def _spaced(name: str) -> dict[str, Any]:
    text = f"{name[:3]} {name[3:]}"
    return {"ours with a space in it": text, "a list of ours with a space in it": lambda e: [text]}


def _both(e: Any) -> dict[str, str]:
    return {"iss": e.issuer, "aud": e.audience}


def _other_urls(url: str) -> dict[str, str]:
    """Names that URL readers take for this one, or make of it."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return {
        "with a fragment": f"{url}#x",
        "with a query": f"{url}?x=1",
        "by http": f"http://{rest}",
        "with www": f"{scheme}://www.{rest}",
        "with two slashes": f"{scheme}://{host}//{path}",
        "with a dot behind the host": f"{scheme}://{host}.{slash}{path}",
        "with a dot at the end": f"{url}.",
        "with a user": f"{scheme}://x@{rest}",
        "with a dot for a folder": f"{scheme}://{host}/./{path}",
    }


def _iss(w: Any) -> Aspect:
    longer = {
        "our name and more": f"{w.issuer}-2",
        "our name as the beginning of a host": f"{w.issuer}.evil.example",
        "our name in a query": f"https://evil.example/?{w.issuer}",
        "another": "https://cinema.example/2",
    }
    shorter = {
        "a part of ours": "https",
        "ours without the scheme": w.issuer[8:],
        "ours without the path": w.issuer.rpartition("/")[0],
        "empty": "",
        "one letter": "h",
    }
    composed = {"issuer": ICELAND}
    return Aspect(
        "iss",
        good(named("the issuer", lambda e: e.issuer), rule="1 equal"),
        bad("1 equal", *(named(text, one) for text, one in (longer | shorter).items()), stake=ALL),
        bad("1 equal", named("another's", "https://cinema.example/3"), stake=ALL, across=("others",)),
        bad("1 equal", *kit.almost(w.issuer, *longer.values(), *shorter.values())),
        bad("1 equal", *named_ones(_other_urls(w.issuer))),
        bad(
            "1 equal",
            named("ours with another letter outside ASCII", ICELAND.replace("\u00fe", "\u00f0")),
            along=composed,
        ),
        bad("1 equal", named("with the usual port", w.issuer.replace(".example/", ".example:443/"))),
        bad("1 equal", named("ours, decomposed", unicodedata.normalize("NFD", ICELAND)), along=composed),
        bad(
            "1 equal",
            named("a text that fits our name as a pattern", "https://id.example/a=b(cc)xd"),
            along={"issuer": PATTERN},
        ),
        bad("1 equal", named("a text with our dots replaced", lambda e: e.issuer.replace(".", "-"))),
        bad(
            "1 equal",
            named("ours in quotes", f'"{w.issuer}"'),
            named("ours with a space in it", f"{w.issuer[:9]} {w.issuer[9:]}"),
        ),
        bad("1 equal", named("our own name", lambda e: e.audience), stake=ALL),
        bad("1 there", ABSENT, stake=HALF, across=("others",)),
        bad("1 kind", *kit.falsy(""), True, 7, 1.5),
        bad(
            "1 kind",
            named("a list with ours", lambda e: [e.issuer]),
            named("an object with ours", lambda e: {e.issuer: 1}),
            named("an object whose value is ours", lambda e: dict.fromkeys(("", "iss", "name", "id"), e.issuer)),
        ),
        bad("1 kind", named("a number", 1), named("a list of lists", lambda e: [[e.issuer]])),
        bad("1 kind", named("7 for the name 7", 7.0), along={"issuer": "7.0"}),
        bad("1 kind", named("null for the name None", lambda e: None), along={"issuer": "None"}),
    )


def _aud(w: Any) -> Aspect:
    ours = w.audience
    near, others = kit.almost(ours), _other_urls(API)
    texts = {
        "another": "coat",
        "ours and more": f"{ours}-test",
        "more and ours": f"my-{ours}",
        "ours before its dot": ours.partition(".")[0],
        "two names in a text": f"coat {ours}",
        "a list in a text": f'["{ours}"]',
        "empty": "",
    }
    lists: dict[str, list[Any]] = {
        "others": ["coat", "shop"],
        "one that begins with ours": [f"{ours}-test"],
        "a part of ours": ["coat", ours[:-1]],
        "ours before its dot": [ours.partition(".")[0]],
        "parts of ours": [ours[:3], ours[3:]],
        "one that holds ours": [f"my-{ours}"],
        "letters of ours": list(ours),
        "an empty text": [""],
        "empty": [],
    }
    strange: dict[str, list[Any]] = {
        "ours and a number": [ours, 7],
        "null and ours": [None, ours],
        "ours in a list": [[ours]],
        "ours and ours in a list": [ours, [ours]],
        "ours and an object": [ours, {}],
        "ours and true": [ours, True],
        "ours, another and a number": [ours, "coat", 7],
        "ours, a number and another": [ours, 7, "coat"],
        "another, null and ours": ["coat", None, ours],
        "many, ours and null": ["a", "b", "c", ours, None],
        "ours and an empty list": [ours, []],
    }
    many: dict[str, list[str]] = {
        "it last": ["coat", ours],
        "it in the middle": ["a", "b", ours, "c"],
        "it twice": [ours, ours],
        "it and an empty text": ["", ours],
        "it among twenty": [*map(str, range(19)), ours],
        "it before many": [ours, *map(str, range(19))],
    }
    return Aspect(
        "aud",
        good(
            named("our name", lambda e: e.audience),
            named("a list with it alone", lambda e: [e.audience]),
            rule="2 equal",
        ),
        good(*(named(f"a list with {text}", lambda e, m=one: list(m)) for text, one in many.items()), rule="2 equal"),
        rare(
            named("a list with it first", lambda e: [ours, "coat"]), rule="2 equal", along={"others": {"azp": "coat"}}
        ),
        good(
            named("a list with a name outside ASCII", lambda e: ["b\u00f3k"]),
            rule="2 equal",
            along={"audience": "b\u00f3k"},
        ),
        bad("2 equal", *(named(text, one) for text, one in texts.items()), stake=ALL),
        bad("2 equal", named("another's", "shoes"), stake=ALL, across=("others",)),
        bad(
            "2 equal",
            *near,
            *(named(f"a list of one: {one.text}", lambda e, o=one: [o.what]) for one in [*near[::5], near[2]]),
        ),
        bad(
            "2 equal", *(named(f"a list of {text}", lambda e, m=one: list(m)) for text, one in lists.items()), stake=ALL
        ),
        bad("2 equal", *(named(f"a URL {text}", one) for text, one in others.items()), along={"audience": API}),
        bad(
            "2 equal",
            *(named(f"a list of a URL {text}", lambda e, o=one: [o]) for text, one in others.items()),
            along={"audience": API},
        ),
        bad(
            "2 equal",
            named("ours, decomposed", unicodedata.normalize("NFD", "b\u00f3k")),
            along={"audience": "b\u00f3k"},
        ),
        bad("2 equal", named("a text that fits our name as a pattern", "axbbbc"), along={"audience": "a.b*c"}),
        bad("2 equal", *(named(text, what) for text, what in _spaced(ours).items())),
        bad("2 equal", named("ours in quotes", f'"{ours}"'), named("ours with _ for -", ours.replace("-", "_"))),
        bad("2 equal", named("the issuer", lambda e: e.issuer), stake=ALL),
        bad("2 there", ABSENT, stake=HALF, across=("others",)),
        bad("2 kind", *kit.falsy("", []), True, 7, 1.5, named("an object with ours", {ours: True})),
        bad(
            "2 kind",
            named("an object whose value is ours", dict.fromkeys(("", "aud", "name", "id"), ours)),
            named("an object with a list with ours", {"": [ours]}),
        ),
        bad("2 kind", *(named(f"a list of {text}", lambda e, m=one: list(m)) for text, one in strange.items())),
        bad("2 kind", named("null for the name None", lambda e: None), along={"audience": "None"}),
        bad("2 kind", named("a list of 7 for the name 7", [7]), along={"audience": "7"}),
    )


def build(e: Any) -> Args:
    """The claims, the issuer and the audience."""
    parties = {name: getattr(e, name) for name in NAMES if getattr(e, name) is not ABSENT}
    return {**parties, **e.others}, e.issuer, e.audience


def in_turn(source: random.Random) -> Iterator[Trial]:
    """The same claims for another issuer and for another audience."""
    w = world(source)
    claims = {"iss": w.issuer, "aud": w.audience}
    ours, theirs, other = (w.issuer, w.audience), (w.issuer, "coat"), ("https://cinema.example/2", w.audience)
    fine, iss, aud = passes(None, (claims,)), names_one_of({"iss"}, NAMES), names_one_of({"aud"}, NAMES)
    calls = ((ours, fine), (theirs, aud), (other, iss))
    yield kit.in_turn("one token, several readers", *(((claims, *names), want) for names, want in calls))


def oracle(claims: dict[str, Any], issuer: str, audience: str) -> tuple[Any, set[str]]:
    """All rules that the claims break."""
    broken: set[str] = set()
    if "iss" not in claims:
        broken.add("1 there")
    elif not isinstance(claims["iss"], str):
        broken.add("1 kind")
    elif claims["iss"] != issuer:
        broken.add("1 equal")
    if "aud" not in claims:
        return None, broken | {"2 there"}
    names = [claims["aud"]] if isinstance(claims["aud"], str) else claims["aud"]
    if not _strings(names):
        return None, broken | {"2 kind"}
    return None, broken if audience in names else broken | {"2 equal"}


def _refused(broken: frozenset[str], args: Args) -> Want:
    return names_one_of({"iss" if rule.startswith("1") else "aud" for rule in broken}, NAMES)


def _strings(aud: Any) -> bool:
    return isinstance(aud, list) and all(isinstance(one, str) for one in aud)


def _strings_with(aud: Any, audience: str) -> bool:
    return aud == audience or (_strings(aud) and audience in aud)


@dataclass(frozen=True)
class Parties:
    """A right check_parties, of parts that can be got wrong one by one."""

    iss_is: Callable[[Any, str], bool] = lambda iss, issuer: isinstance(iss, str) and iss == issuer
    aud_has: Callable[[Any, str], bool] = _strings_with
    get: Callable[[dict[str, Any], str], Any] = lambda claims, name: claims.get(name)
    accept: bool | None = None

    def __call__(self, claims: dict[str, Any], issuer: str, audience: str) -> Any:
        """Look at the claims."""
        if not self.iss_is(self.get(claims, "iss"), issuer):
            raise ValueError("iss: refused")
        if not self.aud_has(self.get(claims, "aud"), audience):
            raise ValueError("aud: refused")
        return self.accept


PARTIES = Parties()


def _text_alike(normal: Callable[[str], str]) -> Callable[[Any, str], bool]:
    return lambda iss, issuer: isinstance(iss, str) and normal(iss) == normal(issuer)


MISTAKES: Mistakes = {
    RETURNS: {
        TRUE: replace(PARTIES, accept=True),
    },
    tuple(rule for rule in RULES if rule != "3"): {SILENT: lambda claims, issuer, audience: None},
    ("1 there", "1 kind", "1 equal"): {
        "No iss is refused, nor is a missing one: a signature that fits does not say which issuer it was.": replace(
            PARTIES, iss_is=lambda iss, issuer: True
        ),
    },
    "1 there": {
        "A token without iss is taken, so anybody may have written it. Here iss is required.": replace(
            PARTIES, iss_is=lambda iss, issuer: iss is None or iss == issuer
        ),
        "A missing iss ends in a KeyError. Refuse it with a ValueError that names the claim.": replace(
            PARTIES, get=lambda claims, name: claims[name]
        ),
    },
    "1 kind": {
        "iss is one string. A list or an object with the right name in it is not (RFC 7519 §4.1.1).": replace(
            PARTIES, iss_is=lambda iss, issuer: iss == issuer or (isinstance(iss, (list, dict)) and issuer in iss)
        ),
        "A number or null passes whose text is like our name, as `str(...)` makes it. Ask for the type.": replace(
            PARTIES, iss_is=lambda iss, issuer: str(iss) == issuer
        ),
    },
    "1 equal": {
        "An issuer passes whose name only begins like ours, such as `…/theatre-2`, as with `startswith`. Compare with "
        "`==`.": replace(PARTIES, iss_is=lambda iss, issuer: isinstance(iss, str) and iss.startswith(issuer)),
        "A part of our issuer's name passes, such as `https`, and so does the empty string, as with `iss in issuer` "
        "(CVE-2024-53861). Compare with `==`.": replace(
            PARTIES, iss_is=lambda iss, issuer: isinstance(iss, str) and iss in issuer
        ),
        "Every longer name with ours in it passes, as with `issuer in iss` on two strings. Compare with `==`.": replace(
            PARTIES, iss_is=lambda iss, issuer: isinstance(iss, str) and issuer in iss
        ),
        "Upper and lower case of iss are treated alike. StringOrURI values are compared exactly (RFC 7519 "
        "§2).": replace(PARTIES, iss_is=_text_alike(str.lower)),
        "A slash at the end of iss does not count here. StringOrURI values are compared as they are.": replace(
            PARTIES, iss_is=_text_alike(lambda text: text.rstrip("/"))
        ),
        "White space around iss does not count here. StringOrURI values are compared as they are.": replace(
            PARTIES, iss_is=_text_alike(str.strip)
        ),
    },
    (RETURNS, "2 equal"): {
        "aud may also be a single string (RFC 7519 §4.1.3).": replace(
            PARTIES, aud_has=lambda aud, audience: isinstance(aud, list) and _strings_with(aud, audience)
        ),
        "aud may also be a list of strings, one of which must be equal to our name (RFC 7519 §4.1.3).": replace(
            PARTIES, aud_has=lambda aud, audience: aud == audience
        ),
    },
    ("2 there", "2 kind", "2 equal"): {
        "No aud is refused, nor is a missing one, so a token for the cloakroom opens payroll.": replace(
            PARTIES, aud_has=lambda aud, audience: True
        ),
    },
    "2 there": {
        "A token without aud is taken, so it opens every API. Here aud is required.": replace(
            PARTIES, aud_has=lambda aud, audience: aud is None or _strings_with(aud, audience)
        ),
        "A missing aud ends in a KeyError. Refuse it with a ValueError that names the claim.": replace(
            PARTIES, get=lambda claims, name: claims[name]
        ),
    },
    "2 kind": {
        "A list with other things than strings in it is taken. Such a token is not well formed; refuse it.": replace(
            PARTIES, aud_has=lambda aud, audience: aud == audience or (isinstance(aud, list) and audience in aud)
        ),
        "An object with a member of our name passes, as `in` finds it there, and so does a list with other "
        "things beside it. aud is a string or a list of strings, and nothing else.": replace(
            PARTIES,
            aud_has=lambda aud, audience: aud == audience or (isinstance(aud, (list, dict)) and audience in aud),
        ),
        "Whatever aud is, our name is looked for in it: in a number or null that ends in a TypeError, in a dict it is "
        "found among the names. First see that it is a list of strings.": replace(
            PARTIES, aud_has=lambda aud, audience: audience in ([aud] if isinstance(aud, str) else aud)
        ),
    },
    "2 equal": {
        "An aud that is a longer string with our name in it passes, such as `payroll-test` for `payroll`, as with "
        "`audience in aud`. Put a string into a list first, or compare it with `==`.": replace(
            PARTIES,
            aud_has=lambda aud, audience: (isinstance(aud, str) and audience in aud) or _strings_with(aud, audience),
        ),
        "Only the first name in the list is looked at. Ours may stand anywhere in it.": replace(
            PARTIES,
            aud_has=lambda aud, audience: aud == audience or (_strings(aud) and bool(aud) and aud[0] == audience),
        ),
        "A token may be meant for several; it is enough that one name in the list is ours.": replace(
            PARTIES, aud_has=lambda aud, audience: aud == audience or (_strings(aud) and set(aud) == {audience})
        ),
        "Upper and lower case of aud are treated alike. Names are compared exactly (RFC 7519 §2).": replace(
            PARTIES,
            aud_has=lambda aud, audience: (
                _strings(names := [aud] if isinstance(aud, str) else aud)
                and audience.lower() in [one.lower() for one in names]
            ),
        ),
    },
}

check_parties = Exercise(
    name="check_parties",
    points=10,
    spec="RFC 7519 §4.1.1, §4.1.3",
    forbids=kit.ENCODERS,
    hints=(
        "Two claims, two questions each: does it have the type that it must have, and is it *equal* to what we expect? "
        "Not similar: equal.",
        "`in` asks different things of a string, a list and a dict, so settle the type first. One way: if aud is a "
        "string, go on with a list that holds it. Then: a list, not empty, strings only; and only now `in`.",
        '`if claims.get("iss") != issuer: raise ValueError("iss: …")`. Then `aud = claims.get("aud")`; '
        "`if isinstance(aud, str): aud = [aud]`; unless `isinstance(aud, list)` and "
        "`all(isinstance(one, str) for one in aud)` and `audience in aud`, raise a ValueError that names aud.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(
            world,
            aspects,
            build,
            oracle,
            wants_of_good=passes,
            wants_of_bad=_refused,
            examples=(
                ({"iss": "joe", "aud": ["shop", "bank"]}, "joe", "bank"),
                ({"iss": "joe", "aud": "bank-test"}, "joe", "bank"),
            ),
        ),
        written(in_turn),
    ),
    mistakes=MISTAKES,
)
