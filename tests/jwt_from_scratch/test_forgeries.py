"""The replay: a good verifier comes out clean, a bad one does not, and the reference module refuses every forgery."""

import html
import pkgutil

import pytest

from jwt_from_scratch import Key, decode
from jwt_from_scratch.services import forgeries

CHAPTERS = sorted(name.removeprefix("f") for _, name, _ in pkgutil.iter_modules(forgeries.__path__))
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)


def reference(token, jwk):
    # A key of the course's own names its algorithm; `aud` is not this verifier's business.
    return decode(token, Key.from_jwk(jwk), require=())


def gullible(token, jwk):
    return {}


def unwritten(token, jwk):
    raise NotImplementedError("not written yet")


def broken(token, jwk):
    raise KeyError("alg")


@each_chapter
def test_the_reference_module_comes_out_clean(chapter):
    result = forgeries.replay(reference, chapter)
    assert result.clean, repr(result)


@each_chapter
def test_each_chapter_forges_and_is_honest(chapter):
    names = [one.name for one in forgeries.forgeries(chapter)]
    assert names
    assert len(names) == len(set(names))
    assert forgeries.honest_tokens(chapter)
    for one in forgeries.honest_tokens(chapter):
        assert reference(one.token, one.key) == one.claims


@each_chapter
def test_who_accepts_everything_is_shown_every_mistake(chapter):
    result = forgeries.replay(gullible, chapter)
    shown = html.unescape(result._repr_html_())
    for one in forgeries.forgeries(chapter):
        assert one.name in shown
        assert one.lets_in in shown
    assert not result.clean


@each_chapter
@pytest.mark.parametrize("verify", [unwritten, broken])
def test_who_only_fails_is_not_clean(chapter, verify):
    assert not forgeries.replay(verify, chapter).clean


def half(token, jwk):
    """Written for HS256; the rest is left to a function that is not written."""
    return missing(token, jwk) if jwk["alg"] != "HS256" else reference(token, jwk)


def missing(token, jwk):
    raise NotImplementedError("not written yet")


def later(token, jwk):
    raise NotImplementedError("other kinds of keys are for later")


@each_chapter
def test_of_a_function_that_is_not_written_there_is_one_line(chapter):
    for function, says in (
        (unwritten, "unwritten is not written yet."),
        (half, "half calls missing, which is not written yet."),
    ):
        result = forgeries.replay(function, chapter)
        assert (repr(result), result._repr_html_(), result.rows) == (says, f"<p>{says}</p>", [])
        assert not result.clean


def test_who_raises_another_exception_lets_nobody_in_and_is_not_told_so():
    for function, did in ((broken, "failed with KeyError"), (later, "failed with NotImplementedError")):
        result = forgeries.replay(function, "04_header")
        shows = {row[3] for row in result.rows if not row[0].startswith("honest")}
        assert shows == {"It does not get in, but a refusal is a ValueError."}
        assert {row[1] for row in result.rows} == {did}


def test_an_empty_key_and_a_short_one_show_different_mistakes():
    shows = {one.name: one.lets_in for one in forgeries.forgeries("04_header")}
    assert len({shows[f"the verifier's own key {which}"] for which in ("is empty", "has 6 bytes")}) == 2
