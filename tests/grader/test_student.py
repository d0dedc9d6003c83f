"""Ids of students: what can be one, and that no two of them share anything."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.student import MAX_LENGTH, NotAnId, StudentId, readable

GOOD = [
    *("ada", "Ada Lovelace", "4711", "a", "ada@example.org", "ada+jwt@example.org", "o_o", "a-b", "x" * MAX_LENGTH),
    *(
        "Jos\u00e9",
        "\u0645\u0631\u064a\u0645",
        "\u5f20\u4f1f",
        "\u0928\u0940\u0932\u092e",
        "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
        "con",
    ),
]
BAD = [
    *("", " ", "ada ", " ada", "ada.", ".", "..", ".ada", "a  b", "../etc", "a/b", "a\\b", "x" * (MAX_LENGTH + 1)),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "=1+1",
        "+x",
        "-rf",
        "@x",
        "|cmd",
        "_a",
        "a;b",
        "a,b",
    ),
    *(
        "line\nbreak",
        "tab\there",
        "nul\0",
        "\x1b[31m",
        "a%2fb",
        "a[1]",
        "{a}",
        "a*",
        "a?",
        "a'b",
        'a"b',
        "a&b",
        "a`b",
        "$a",
    ),
    *(
        "ada\u200b",
        "a\u202eb",
        "a\u200fb",
        "\ufeffada",
        "a\u00adb",
        "a\u00a0b",
        "a\u3000b",
        "\u3164",
        "a\ufe0fb",
        "a\u034fb",
    ),
    "z" + "\u0323" * 10,
    *("\U0001f600", "a\u2028b", "\u0301a", "a\ud800b", "\uff1d1", "~", "a~b", "C:", "con:"),
]


@pytest.mark.parametrize("text", GOOD, ids=ascii)
def test_a_name_of_any_script_is_an_id(text: str) -> None:
    assert StudentId.parse(text) == text


@pytest.mark.parametrize("text", BAD, ids=lambda text: ascii(text)[:40])
def test_what_is_no_id_is_refused_in_one_harmless_line(text: str) -> None:
    with pytest.raises(NotAnId) as error:
        StudentId.parse(text)
    assert str(error.value).isprintable()
    assert "can't be an id: " in str(error.value)


def test_both_forms_of_unicode_are_one_id() -> None:
    assert StudentId.parse("Jose\u0301") == StudentId.parse("Jos\u00e9") == "Jos\u00e9"


TWINS = [
    "Ada",
    "ada",
    "ADA",
    "ada~x",
    "a_b",
    "a b",
    "Jos\u00e9",
    "jos\u00e9",
    "con",
    "aux.txt",
    "\u017fam",
    "sam",
    "\ufb01n",
    "fin",
]
texts = st.text(st.characters(codec="utf-8"), max_size=70) | st.sampled_from([*GOOD, *BAD, *TWINS])


@given(texts, texts)
@example("Jos\u00e9", "Jose")
@example("Ada", "ada")
@example("\u017fam", "sam")
def test_no_two_ids_share_a_file_even_where_capitals_and_accents_do_not_count(one: str, other: str) -> None:
    ids = []
    for text in (one, other):
        try:
            ids.append(StudentId.parse(text))
        except NotAnId:
            return
    names = [one.file_name for one in ids]
    keys = [unicodedata.normalize("NFKC", name).casefold() for name in names]
    assert (ids[0] == ids[1]) == (keys[0] == keys[1])
    for name in names:
        assert name.isascii()
        assert name.strip(" .") == name
        assert not set(name) & {"/", "\\", ":"}
        assert name.partition(".")[0].casefold() not in ("con", "prn", "aux", "nul", "com1", "lpt1")


@given(texts)
def test_an_id_is_harmless_wherever_it_is_shown(text: str) -> None:
    try:
        who = StudentId.parse(text)
    except NotAnId:
        return
    assert StudentId.parse(who) == who == unicodedata.normalize("NFC", who)
    assert len(who) <= MAX_LENGTH
    assert who.isprintable()
    assert not set(who) & set("<>&\"'`/\\%=;,|:*?[]{}()$#!~^\0\n\r\t")


def test_an_id_is_a_file_name_with_room_for_an_ending() -> None:
    assert StudentId.parse("\U00020000" * 50)
    with pytest.raises(NotAnId, match="longer than 200 bytes"):
        StudentId.parse("\U00020000" * 64)


@pytest.mark.parametrize("name", GOOD)
def test_a_name_of_any_script_is_shown_as_it_is(name: str) -> None:
    assert readable(f"{name}/01_encoding (1).ipynb") == f"{name}/01_encoding (1).ipynb"


def test_marks_do_not_stand_on_each_other_without_end() -> None:
    letters = "\u1e69\u0302\u05e9\u05bc\u05c1\u05b7\u0591\u0e17\u0e35\u0e48"  # with several marks
    spelt = unicodedata.normalize("NFC", letters)
    assert readable(spelt) == StudentId.parse(spelt) == spelt
    tower = "z" + "\u0301" * 200
    assert readable(tower, 300) == tower[:9] + r"\u0301" * 192
    with pytest.raises(NotAnId, match="more than 8 marks"):
        StudentId.parse(tower[:20])


@given(st.text())
@example("z" + "\u0301" * 20)
@example("line\nbreak \x1b[31m \u202e \u200b \ud800 \U000e0101")
def test_what_is_shown_of_a_name_is_one_short_line_that_prints(name: str) -> None:
    shown = readable(name, 60)
    assert shown.isprintable()
    assert len(shown) <= 60 * len("\\U000e0101")
    assert not {*shown} & {*"\u202e\u200b\u2066\u115f"}
    assert readable(shown, 600) == shown
