"""The files made from the results: the tables of docs/interop.md, and data for `jwt_from_scratch.services.advice`."""

import re
import textwrap
from typing import Any

from jwt_from_scratch.services.advice import RULES, Rule

from .cases import all_cases
from .judging import BEYOND, CHANGED, READ
from .publishing import PUBLISHING

SECOND = {"this module, require=()": "this module", "golang-jwt, RegisteredClaims": "golang-jwt"}
"""Further ways to use a library that is already counted: the name of each, and the library's."""


def figures(matrix: dict[str, Any], case: str) -> dict[str, list[str]]:
    """The libraries by what they do with a case: read, refuse, misread, beyond.

    If a library fails only in its second way of use, it counts as failing.
    """
    found: dict[str, list[str]] = {"read": [], "refuse": [], "misread": [], "beyond": []}
    for name, library in matrix["libraries"].items():
        if name in SECOND:
            continue
        word = _word(library, case)
        also = [one for one in _WAYS.get(name, ()) if one in matrix["libraries"]]
        worse = [one for one in also if _word(matrix["libraries"][one], case) in ("refuse", "misread")]
        if word == "read" and worse:
            name, word = worse[0], _word(matrix["libraries"][worse[0]], case)
        found[word].append(name)
    return found


_WAYS = {"golang-jwt": ("golang-jwt, RegisteredClaims",)}


def _word(library: dict[str, Any], case: str) -> str:
    said = library["results"][case].partition(":")[0]
    return {READ: "read", CHANGED: "misread", BEYOND: "beyond"}.get(said, "refuse")


def readers(matrix: dict[str, Any]) -> dict[str, Any]:
    """The part of the results that `advice` and the lessons need, with the tokens that a learner can sign again."""
    plain = {case.id: case.token for case in all_cases() if case.signed_anew()}
    versions = {name: one["version"] for name, one in matrix["libraries"].items() if name != "this module, require=()"}
    versions["this module"] = ""
    cases = {}
    for case, said in matrix["cases"].items():
        who = figures(matrix, case)
        token = {"token": plain[case]} if case in plain else {}
        cases[case] = {"text": said["text"], "read": len(who.pop("read")), **who, **token}
    return {"date": matrix["date"], "libraries": versions, "cases": cases}


def renewed(page: str, matrix: dict[str, Any]) -> str:
    """The page with every part between `<!-- name -->` and `<!-- /name -->` updated."""
    for name, part in PARTS.items():
        opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found, rest = page.partition(opening)
        _, ended, after = rest.partition(closing)
        if not found or not ended:
            raise ValueError(f"the page lacks the part {name}")
        page = f"{before}{opening}{part(matrix)}\n{closing}{after}"
    return page


# -- the parts -----------------------------------------------------------------------------------------------------


def _summary(matrix: dict[str, Any]) -> str:
    names = [name for name in matrix["libraries"] if name not in SECOND]
    languages = {matrix["libraries"][name]["language"].split(",")[0] for name in names}
    sums = dict.fromkeys(("read", "refuse", "misread", "beyond"), 0)
    full = 0
    for case in matrix["cases"]:
        who = figures(matrix, case)
        full += not who["refuse"] and not who["misread"]
        for word, found in who.items():
            sums[word] += len(found)
    return _wrapped(
        f"Measured on {matrix['date']}: {len(names)} implementations in {len(languages)} languages, "
        f"{len(matrix['cases'])} valid tokens and keys. {full} of them are read by everyone who claims to know such a "
        f"thing. There were {sums['refuse']} refusals and {sums['misread']} silent misreadings among "
        f"{sums['read'] + sums['refuse'] + sums['misread']:,} readings."
    )


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, 150, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _versions(matrix: dict[str, Any]) -> str:
    lines = ["| library | version | language | from | checks claims |", "|---|---|---|---|---|"]
    for name, one in matrix["libraries"].items():
        if name not in SECOND:
            checks = "yes" if one["checks claims"] else "no: the caller does"
            version = "this repository" if name == "this module" else one["version"]
            lines.append(f"| {name} | {version} | {one['language']} | {one['from']} | {checks} |")
    missing = "; ".join(f"{name}: {why}" for name, why in matrix["not to be had"].items())
    return "\n".join([*lines, "", _wrapped(f"Not to be had: {missing}.")])


def _who(who: dict[str, list[str]], *, knowing: bool = False) -> str:
    refuse = who["refuse"] + (who["beyond"] if knowing else [])
    pairs = (("refused", refuse), ("misread", who["misread"]))
    return "; ".join(f"{verb} by {', '.join(names)}" for verb, names in pairs if names)


def _topics(matrix: dict[str, Any]) -> str:
    by_topic: dict[str, list[str]] = {}
    for case, about in matrix["cases"].items():
        by_topic.setdefault(about["topic"], []).append(case)
    return "\n\n".join(_topic(matrix, topic, cases) for topic, cases in by_topic.items())


def _topic(matrix: dict[str, Any], topic: str, cases: list[str]) -> str:
    lines, full = [], []
    for case in cases:
        who, text = figures(matrix, case), matrix["cases"][case]["text"]
        known = sum(map(len, who.values())) - len(who["beyond"])
        if who["refuse"] or who["misread"]:
            lines.append(f"| {text} | {len(who['read'])} of {known} | {_who(who)} | {case} |")
        else:
            full.append(f"{text} ({known})")
    head = [f"### {topic[0].upper()}{topic[1:]}", ""]
    table = ["| what | read by | not by | case |", "|---|--:|---|---|", *lines, ""] if lines else []
    everyone = [_wrapped(f"Read by everyone who claims to know it: {'; '.join(full)}.")] if full else []
    return "\n".join([*head, *table, *everyone])


def _algorithms(matrix: dict[str, Any]) -> str:
    chosen = {"HS256": "A01", "HS512": "D05", "RS256": "E01", "PS256": "E08", "ES256": "F01", "ES512": "F03"}
    newer = {"EdDSA, with Ed25519": "F13", "Ed25519 by its own name": "F14", "EdDSA, with Ed448": "F15"}
    last = {"Ed448 by its own name": "F16", "ES256K": "F12", "ML-DSA-44": "F18"}
    lines = ["| algorithm | read by |", "|---|---|"]
    for name, case in {**chosen, **newer, **last}.items():
        if case in matrix["cases"]:
            who = figures(matrix, case)["read"]
            few = f": {', '.join(who)}" if len(who) <= 12 else ""
            lines.append(f"| {name} | {len(who)}{few} |")
    return "\n".join(lines)


def _rules(matrix: dict[str, Any], rules: tuple[Rule, ...]) -> str:
    lines = []
    for number, rule in enumerate(rules, 1):
        reasons = [_reason(matrix, case, rule.knowing) for case in rule.cases if case in matrix["cases"]]
        mark = f"{number}. "
        why = "; ".join(reason for reason in reasons if reason)
        lines.append(_wrapped(f"{mark}**{rule.says}** {why}.", " " * len(mark)))
    return "\n".join(lines)


def _reason(matrix: dict[str, Any], case: str, knowing: bool) -> str:
    who, text = figures(matrix, case), matrix["cases"][case]["text"]
    failing = len(who["refuse"]) + len(who["misread"]) + (len(who["beyond"]) if knowing else 0)
    if not failing:
        return ""
    of = sum(map(len, who.values())) - (0 if knowing else len(who["beyond"]))
    verb = (
        "not read"
        if knowing
        else "refused"
        if not who["misread"]
        else "misread"
        if not who["refuse"]
        else "refused or misread"
    )
    names = _who(who, knowing=knowing)
    few = f" ({names.removeprefix('refused by ').removeprefix('misread by ')})" if failing <= 5 else ""
    return f"{text}: {verb} by {failing} of {of}{few}"


def _minted(matrix: dict[str, Any]) -> str:
    kinds = list(next(iter(matrix["minted"].values())))
    lines = ["| asked for | minted by | changed by the minter | not read by |", "|---|--:|---|---|"]
    for kind in kinds:
        made = {name: kinds[kind] for name, kinds in matrix["minted"].items() if "none" not in kinds[kind]}
        changes = [f"{name} ({_short(one['changed'])})" for name, one in made.items() if one["changed"]]
        if len(changes) > 4:
            changes = [f"{len(changes)} libraries: {', '.join(name for name, one in made.items() if one['changed'])}"]
        failing: dict[str, int] = {}
        for one in made.values():
            for reader, said in one.get("not read by", {}).items():
                if not said.startswith(BEYOND) and reader not in SECOND:
                    failing[reader] = failing.get(reader, 0) + 1
        who = ", ".join(f"{reader} ({count} of {len(made)})" for reader, count in failing.items())
        lines.append(f"| {kind} | {len(made)} | {'; '.join(changes) or 'nobody'} | {who or 'read by all'} |")
    return "\n".join(lines)


def _short(change: str) -> str:
    change = re.sub(r"'[0-9a-f]{8}-[0-9a-f-]+'", "a random one", change)
    return re.sub(r": b'.*", "", change)


def _headers(matrix: dict[str, Any]) -> str:
    first = "HS256, integers"
    groups: dict[str, list[str]] = {}
    for name, kinds in matrix["minted"].items():
        header = kinds[first].get("header", "")
        if header:
            shape = re.sub(r'"kid":"[^"]+"', '"kid":"the thumbprint"', header)
            groups.setdefault(shape, []).append(name)
    return "\n".join(_wrapped(f"- `{shape}`: {', '.join(names)}.", "  ") for shape, names in groups.items())


PARTS = {
    "summary": _summary,
    "versions": _versions,
    "topics": _topics,
    "algorithms": _algorithms,
    "minting": lambda matrix: _rules(matrix, RULES),
    "publishing": lambda matrix: _rules(matrix, PUBLISHING),
    "minted": _minted,
    "headers": _headers,
}
