"""The cases are what they say, and the page, the matrix and what `advice` knows agree with each other."""

import json
import re
from functools import cache

import pytest

from interop import comparing, tables
from interop.cases import NOW, Case, all_cases, topics
from interop.judging import BEYOND, READ, changed, verdict
from interop.libraries import LIBRARIES
from interop.places import MATRIX, PAGE, READERS, REPO
from interop.publishing import PUBLISHING
from jwt_from_scratch import JWTError, Key, KeySet, decode, verify
from jwt_from_scratch.encoding import b64u_decode
from jwt_from_scratch.services.advice import RULES, advice


@cache
def cases() -> dict[str, Case]:
    return {case.id: case for case in all_cases()}


@cache
def matrix() -> dict:
    return json.loads(MATRIX.read_text("utf-8"))


def key_of(case: Case) -> Key | KeySet:
    offered = case.key
    if "jwks" in offered:
        return KeySet.from_jwks(offered["jwks"])
    if "jwk" in offered:
        return Key.from_jwk(offered["jwk"], None if "alg" in offered["jwk"] else case.alg)
    if "secret" in offered:
        return Key.from_secret(b64u_decode(offered["secret"]), case.alg)
    return Key.from_pem(offered["pem"], case.alg)


def said(case: Case) -> str:
    """What the module says of a case: nothing, or why it refuses."""
    try:
        key = key_of(case)
        if case.kind == "jws":
            assert verify(case.token, key).payload == case.payload
        else:
            found = decode(case.token, key, audience=case.aud, issuer=case.iss, now=case.now)
            assert changed(case.payload.decode(), json.dumps(found)) is None
    except JWTError as error:
        return str(error)
    return ""


def refused_by_choice() -> dict[str, str]:
    """By case, the words that docs/reference-module.md says the module says."""
    page = (REPO / "docs" / "reference-module.md").read_text("utf-8")
    rows = re.findall(r"^\|[^|]+\|[^|]+\| ([^|]+) \| ([A-Z][^|]+) \|$", page, re.MULTILINE)
    return {case: words for words, ids in rows for case in ids.split()}


@pytest.mark.in_ci
def test_the_module_refuses_what_its_page_says_and_nothing_else() -> None:
    table = refused_by_choice()
    assert len(table) >= 20
    assert set(table) <= set(cases())
    for case in cases().values():
        if case.id in table:
            assert table[case.id] in said(case), case.id
        else:
            assert said(case) == "", case.id


@pytest.mark.in_ci
def test_the_module_is_in_the_matrix_as_it_is() -> None:
    results = matrix()["libraries"]["this module"]["results"]
    for case in cases().values():
        assert (results[case.id] == READ) is (said(case) == ""), case.id


# -- advice, against the cases that its rules come from -----------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_is_broken_by_each_of_its_cases(rule) -> None:
    for id in rule.cases:
        names = [one.rule.name for one in advice(cases()[id].token, now=NOW)]
        assert rule.name in names, (id, names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_has_a_reason(rule) -> None:
    """Some library fails to read each of a rule's cases, and the advice names it."""
    for id in rule.cases:
        who = tables.figures(matrix(), id)
        assert who["refuse"] or who["misread"] or (rule.knowing and who["beyond"]), id
        (one,) = [one for one in advice(cases()[id].token, now=NOW) if one.rule.name == rule.name][:1]
        assert one.refuse or one.misread, id


def test_tokens_that_keep_the_rules_get_no_advice_and_are_read_by_all() -> None:
    kept = topics()["tokens that keep the rules"]
    assert {case.alg for case in kept} == {"HS256", "RS256", "ES256"}
    for case in kept:
        assert advice(case.token, now=NOW) == []
        assert said(case) == ""
        who = tables.figures(matrix(), case.id)
        assert not who["refuse"]
        assert not who["misread"]
        assert len(who["read"]) >= 15


def test_what_everybody_reads_breaks_no_rule_but_known_ones() -> None:
    """No rule without a reason: what all read is advised against only by a rule about something else in the token."""
    aside = {"kid", "algorithm", "exp", "own members"}
    for id, case in cases().items():
        who = tables.figures(matrix(), id)
        if who["refuse"] or who["misread"] or case.kind == "jws":
            continue
        assert {one.rule.name for one in advice(case.token, now=case.now)} <= aside, id


def test_publishing_rules_have_reasons() -> None:
    for rule in PUBLISHING:
        assert any(tables.figures(matrix(), id)["refuse"] for id in rule.cases), rule.name


# -- the files agree ----------------------------------------------------------------------------------------------


def test_the_page_is_made_of_the_matrix() -> None:
    page = PAGE.read_text("utf-8")
    assert tables.renewed(page, matrix()) == page, "run `make interop`"


def test_advice_knows_what_the_matrix_says() -> None:
    assert json.loads(READERS.read_text("utf-8")) == tables.readers(matrix())


def test_the_matrix_has_every_case_and_every_library_that_was_to_be_had() -> None:
    found = matrix()
    assert set(found["cases"]) == set(cases())
    assert set(found["libraries"]) | set(found["not to be had"]) >= {library.name for library in LIBRARIES}
    for library in found["libraries"].values():
        assert set(library["results"]) == set(cases())
    assert MATRIX.stat().st_size < 1_000_000


def test_no_case_is_of_a_kind_that_nobody_reads() -> None:
    for id in cases():
        assert tables.figures(matrix(), id)["read"], id


def test_differences_are_said_and_losses_found() -> None:
    before, now = json.loads(json.dumps(matrix())), json.loads(json.dumps(matrix()))
    assert comparing.differences(before, now) == []
    now["libraries"]["PyJWT"]["version"] = "99"
    now["libraries"]["PyJWT"]["results"]["A01"] = "refused: so"
    del now["libraries"]["josepy"]
    now["not to be had"]["josepy"] = "no network"
    said = comparing.differences(before, now)
    assert [line.split(":")[0] for line in said] == ["PyJWT", "PyJWT", "josepy"]
    assert "became 99" in said[0]
    assert "A01" in said[1]
    assert "no network" in said[2]
    assert comparing.lost(before, now) == ["josepy"]


# -- judging ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ('{"n":1}', '{"n":1.0}', True),
        ('{"n":1e2}', '{"n":100}', True),
        ('{"n":9007199254740993}', '{"n":9007199254740992}', False),
        ('{"n":0.1}', '{"n":0.1000000000000000055}', True),
        ('{"n":1}', '{"n":"1"}', False),
        ('{"n":1}', '{"m":1}', False),
        ('{"n":null}', "{}", False),
        ('{"a":"é"}', '{"a":"\\u00e9"}', True),
        ('{"a":1,"b":2}', '{"b":2,"a":1}', True),
        ('{"n":1E400}', '{"n":Infinity}', False),
        ("{}", "no JSON", False),
    ],
)
def test_changed(wanted: str, found: str, same: bool) -> None:
    assert (changed(wanted, found) is None) is same


def test_verdicts() -> None:
    library = {one.name: one for one in LIBRARIES}
    plain, jws, rare = cases()["A01"], cases()["C03"], cases()["F18"]
    assert verdict(plain, None, library["PyJWT"]).startswith("no answer")
    assert verdict(plain, {"claims": plain.payload.decode()}, library["PyJWT"]) == READ
    assert verdict(plain, {"claims": '{"sub":"eve"}'}, library["PyJWT"]).startswith("changed")
    assert verdict(plain, {"refused": "no"}, library["PyJWT"]) == "refused: no"
    assert verdict(jws, {"refused": "no"}, library["PyJWT"]) == "refused: no"
    assert verdict(jws, {"refused": "no"}, library["njwt"]).startswith(BEYOND)
    assert verdict(rare, {"refused": "no"}, library["PyJWT"]).startswith(BEYOND)
    assert verdict(jws, {"bytes": ""}, library["PyJWT"]).startswith("changed")
