"""`grader lti who`: which learner an id is, and no more than a platform sent."""

from dataclasses import replace
from typing import Any

from click.testing import CliRunner, Result

from grader.cli import main as cli
from grader.lti.launch import student_of
from grader.lti.store import Visit
from grader.lti.tool import Tool
from tests.grader.lti.helpers import CLIENT, ISSUER

ADA, BOB = student_of((ISSUER, CLIENT), "4711"), student_of((ISSUER, CLIENT), "bob")
HERS = Visit(ISSUER, CLIENT, "4711", ADA, "Ada Byron", True, "01_encoding", f"{ISSUER}/items/5", ())
HIS = Visit(ISSUER, CLIENT, "bob", BOB, "", True, "01_encoding", "", ())


def who(tool: Tool, *students: Any) -> Result:
    return CliRunner().invoke(cli.cli, ["lti", "who", str(tool.root), *map(str, students)], catch_exceptions=False)


def test_it_says_who_has_handed_in_with_the_newest_name(tool: Tool) -> None:
    for at, visit in enumerate((replace(HERS, name="Ada Lovelace", lesson="02_hmac"), HERS, HIS)):
        tool.store.hand_in(visit, 10.0 - at)
    hers = f"{ADA}\tAda Lovelace\t4711\t{ISSUER}\t01_encoding, 02_hmac\n"
    his = f"{BOB}\t-\tbob\t{ISSUER}\t01_encoding\n"
    assert who(tool).stdout == hers + his
    assert who(tool, ADA).stdout == hers
    assert who(tool, BOB, ADA).stdout == hers + his


def test_whoever_only_looked_is_not_listed_and_an_unknown_id_is_a_line(tool: Tool) -> None:
    tool.store.begin_visit(HERS, 0.0)
    assert (who(tool).exit_code, who(tool).stdout) == (0, "")
    done = who(tool, "x\x1b[31m")
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr


def test_a_name_keeps_its_letters(tool: Tool) -> None:
    tool.store.hand_in(replace(HIS, name="Zoë 李"), 0.0)
    assert who(tool).stdout.split("\t")[1] == "Zoë 李"


def test_texts_of_a_platform_stay_in_their_column(tool: Tool) -> None:
    tool.store.hand_in(replace(HIS, sub="a\tb\n\x1b[31m", name="\u202ex\ty"), 0.0)
    (line,) = who(tool).stdout.splitlines()
    assert len(line.split("\t")) == 5
    assert line.replace("\t", "").isprintable()
