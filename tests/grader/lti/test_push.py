"""Scores: each goes to its platform once, whatever happens in between, and never lower by accident."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from grader.cli import main as cli
from grader.lti import registry
from grader.lti.addresses import Reply, Unreachable, ask
from grader.lti.launch import student_of
from grader.lti.push import Pushed, push
from grader.lti.refusal import LtiProblem
from grader.lti.scores import scores_of
from grader.lti.store import Score, Visit
from grader.lti.tool import Tool
from grader.receipts.keys import KeyProblem
from grader.reports.local_key import local_key
from grader.reports.report import Report
from jwt_from_scratch.services.http import serve
from tests.grader.lti.helpers import ISSUER, PLATFORM, Gradebook, make_tool
from tests.grader.sample_reports import exercise, report, unreadable

ITEM = f"{ISSUER}/items/5"


class Class:
    """A tool with hand-ins and Reports, and the platform's gradebook."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self.book = Gradebook(tool)
        self.paused: list[float] = []

    def hand_in(self, sub: str = "4711", lineitem: str = ITEM, lesson: str = "01_encoding") -> None:
        who = {"issuer": ISSUER, "client_id": PLATFORM.client_id, "sub": sub, "student": student_of(PLATFORM.name, sub)}
        self.tool.store.hand_in(
            Visit(**who, name="", is_learner=True, lesson=lesson, lineitem=lineitem, frames=()), 1.0
        )

    def grade(self, score: int, sub: str = "4711", lesson: str = "01_encoding", **changes: Any) -> None:
        student = student_of(PLATFORM.name, sub)
        made = report(
            **{
                "submission": f"{student}/{lesson}.ipynb",
                "student": str(student),
                "chapter": lesson,
                "exercises": [exercise(score=score, max_score=25)],
                **changes,
            }
        )
        self.keep(made)

    def keep(self, made: Report) -> None:
        path = self.tool.graded / "reports" / f"{made.submission}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(made.sealed(local_key()).to_dict()), "utf-8")

    def push(self, **options: Any) -> Pushed:
        return push(self.tool, self.book.sender(self.paused.append), **options)

    def begun(self) -> list[Score]:
        """Scores of which nobody knows whether they were sent."""
        found = (self.tool.store.score(one, sent=False) for one in self.tool.store.hand_ins())
        return [one for one in found if one]

    def given(self) -> list[float]:
        return [one["scoreGiven"] for one in self.book.all()]


@pytest.fixture
def class_(tool: Tool) -> Class:
    return Class(tool)


def test_a_score_goes_once_with_its_exercises(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    assert class_.push() == Pushed(sent=1)
    assert class_.push() == Pushed(known=1)
    (sent,) = class_.book.all()
    assert (sent["userId"], sent["scoreGiven"], sent["scoreMaximum"]) == ("4711", 20, 25)
    assert sent["comment"] == "b64u_encode: 20 of 25"
    assert (sent["activityProgress"], sent["gradingProgress"]) == ("Completed", "FullyGraded")
    assert re.search(r"\.\d{3}\+00:00$", sent["timestamp"])  # AGS §3.4.9: a zone, and less than seconds
    assert len(class_.book.tokens) == 1
    assert class_.begun() == []


def test_one_access_token_serves_all_scores_of_a_platform(class_: Class) -> None:
    for number in range(5):
        class_.hand_in(str(number))
        class_.grade(number, str(number))
    assert class_.push().sent == 5
    assert len(class_.book.tokens) == 1


def test_an_access_token_that_ends_soon_is_not_used_again(class_: Class) -> None:
    class_.book.expires_in = 20
    for sub in "ab":
        class_.hand_in(sub)
        class_.grade(20, sub)
    assert class_.push().sent == 2
    assert len(class_.book.tokens) == 2


def test_a_better_score_follows_and_a_lower_one_only_if_it_is_meant(class_: Class) -> None:
    class_.hand_in()
    for score, outcome in ((10, Pushed(sent=1)), (20, Pushed(sent=1)), (15, Pushed(kept=1)), (15, Pushed(kept=1))):
        class_.grade(score)
        assert class_.push() == outcome
    assert class_.push(lower=True) == Pushed(sent=1)
    assert class_.push(lower=True) == Pushed(known=1)
    assert class_.given() == [10, 20, 15]


def test_lower_is_a_matter_of_the_share_and_not_of_the_points(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    class_.push()
    class_.grade(0, exercises=[exercise(score=19, max_score=20)])
    assert class_.push() == Pushed(sent=1)


def test_the_same_share_by_other_exercises_is_sent(class_: Class) -> None:
    class_.hand_in()
    for name in ("b64u_encode", "b64u_decode"):
        class_.grade(0, exercises=[exercise(name=name, score=20, max_score=25)])
        assert class_.push() == Pushed(sent=1)
    assert [one["comment"] for one in class_.book.all()] == ["b64u_encode: 20 of 25", "b64u_decode: 20 of 25"]


def test_a_report_that_was_made_again_with_the_same_result_is_not_sent_again(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    class_.push()
    class_.grade(20, grading_id="2" * 16, seconds=9.0)
    assert class_.push() == Pushed(known=1)


def test_the_same_work_in_two_courses_counts_in_both(class_: Class) -> None:
    class_.hand_in()
    class_.hand_in(lineitem=f"{ISSUER}/items/6")
    class_.grade(20)
    assert class_.push() == Pushed(sent=2)
    assert len(class_.book.scores) == 2


def test_what_is_not_to_be_sent_is_counted_or_said(class_: Class) -> None:
    class_.hand_in("waits")
    class_.hand_in("nowhere", lineitem="")
    class_.grade(3, "nowhere")
    class_.grade(3, "never-launched")
    class_.keep(unreadable(submission="x/01_encoding.ipynb", student="x"))
    foreign = class_.tool.graded / "reports" / "forged.json"
    foreign.write_text(json.dumps(report(student="4711").to_dict()), "utf-8")
    done = class_.push()
    assert (done.sent, done.waiting, done.nowhere, len(done.problems)) == (0, 1, 1, 2)
    assert "not written with this machine's key" in done.problems[0]
    assert "unreadable: not a notebook" in done.problems[1]
    assert class_.book.all() == []


def test_a_platform_that_is_registered_no_more_gets_nothing_until_it_is_again(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    settings = class_.tool.settings()
    class_.tool.change(replace(settings, platforms=()))
    assert "not registered any more" in class_.push().problems[0]
    class_.tool.change(settings)
    assert class_.push() == Pushed(sent=1)


def test_another_lesson_than_the_files_name_says_is_not_sent(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20, chapter="02_hmac", expected="01_encoding", message="its name says 01_encoding, ...")
    done = class_.push()
    assert done.waiting == 1
    assert "its name says" in done.problems[0]


# -- a platform that is not there, or not well --

AWAY = Unreachable("lms.example does not answer")


@pytest.mark.parametrize(
    ("does", "pauses"),
    [
        ([AWAY], [1.0]),
        ([Reply(503, {}, b""), AWAY, Reply(500, {}, b"")], [1.0, 2.0, 4.0]),
        ([Reply(429, {"retry-after": "7"}, b"")], [7.0]),
        ([Reply(429, {"retry-after": "86400"}, b"")], [30.0]),
        ([Reply(429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"")], [1.0]),
        ([Reply(401, {}, b"")], []),
        ([Reply(502, {}, b""), "lost on the way back"], [1.0, 2.0]),
        (["taken, and a broken answer"], [1.0]),
        ([Reply(503, {}, b""), Reply(409, {}, b"")], [1.0, 2.0]),  # busy is not taken: late is another one's score
        ([Reply(429, {}, b""), Reply(409, {}, b"")], [1.0, 2.0]),
        ([Reply(409, {}, b"")], [2.0]),
        ([Reply(409, {}, b""), Reply(400, {}, b'{"timestamp": ["later"]}')], [2.0, 2.0]),
        (["lost on the way back"], [1.0]),
    ],
    ids=str,
)
def test_it_is_asked_again_and_takes_the_score_once(does: list[Any], pauses: list[float], class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    class_.book.does = does
    assert class_.push() == Pushed(sent=1)
    assert class_.paused == pauses
    assert class_.push() == Pushed(known=1)
    assert class_.given() == [20]


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_what_a_platform_does_not_take_is_said_and_tried_the_next_time(status: int, class_: Class) -> None:
    for sub in ("a", "b"):
        class_.hand_in(sub)
        class_.grade(20, sub)
    class_.book.does = [Reply(status, {}, b"no \x1b[31m")]
    done = class_.push()
    assert (done.sent, len(done.problems)) == (1, 1)
    assert f"answers {status} to a score: no \\x1b[31m" in done.problems[0]
    assert class_.begun() == []
    assert class_.push() == Pushed(sent=1, known=1)


def test_a_page_is_no_reason(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    class_.book.does = [Reply(403, {}, b" <!doctype html><p>Forbidden")]
    assert class_.push().problems[0].endswith("answers 403 to a score")


@pytest.mark.parametrize(
    "away", [AWAY, *(Reply(one, {"retry-after": "9"}, b"") for one in (429, 502, 503, 504))], ids=str
)
def test_a_platform_that_stays_away_is_asked_once_in_a_run_and_others_do_not_wait(away: Any, class_: Class) -> None:
    for sub in "abcde":
        class_.hand_in(sub)
        class_.grade(20, sub)
    class_.hand_in("f", lineitem="https://other.example/items/5")
    class_.grade(20, "f")
    class_.book.does = [away] * 4
    done = class_.push()
    assert (done.sent, len(done.problems)) == (1, 5)
    assert len(class_.paused) == 3
    may_have_it = away is AWAY or away.status in (502, 504)
    assert len(class_.begun()) == may_have_it  # only what was sent may have arrived
    assert class_.push() == Pushed(sent=5, known=1)


def test_an_error_of_one_score_is_none_of_the_others(class_: Class) -> None:
    for sub in "abc":
        class_.hand_in(sub)
        class_.grade(20, sub)
    class_.book.does = [Reply(500, {}, b"")] * 4
    done = class_.push()
    assert (done.sent, len(done.problems)) == (2, 1)


@pytest.mark.parametrize("seconds", ["null", '"3600"', "-1", "0"])
def test_how_long_a_token_is_good_may_be_said_loosely(seconds: str, class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    sender = class_.book.sender()
    class_.book.tokens.append("x")
    answer = Reply(200, {}, b'{"access_token": "x", "expires_in": %s}' % seconds.encode())
    sender.post = lambda address, *rest: answer if "/token" in address else class_.book.post(address, *rest)
    assert push(class_.tool, sender) == Pushed(sent=1)


def test_a_platform_that_stays_away_gets_the_same_score_the_next_time(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    class_.book.does = [AWAY] * 4
    assert "does not answer" in class_.push().problems[0]
    assert class_.paused == [1.0, 2.0, 4.0]
    (begun,) = class_.begun()
    class_.book.does = [AWAY] * 4
    assert "does not answer" in class_.push().problems[0]
    assert class_.begun() == [begun]
    assert class_.push() == Pushed(sent=1)
    assert class_.book.all()[0]["timestamp"] == begun.timestamp


def test_a_platform_that_has_a_later_score_is_believed_in_the_end(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    class_.book.does = [Reply(409, {}, b"")] * 3
    done = class_.push()
    assert (done.sent, class_.paused) == (0, [2.0, 2.0])
    assert "answers 409 to a score" in done.problems[0]
    assert class_.begun() == []
    assert class_.push() == Pushed(sent=1)


def test_a_report_that_can_not_be_read_is_a_line(class_: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    class_.hand_in()
    class_.grade(20)

    def gone(path: Path) -> bytes:
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr("grader.lti.push.read_file", gone)
    done = class_.push()
    assert done.waiting == 1
    assert "No such file" in done.problems[0]


def test_a_lesson_without_points_has_no_share() -> None:
    assert Score(0, 0, "", "").share == 0.0
    assert Score(5, 20, "", "").share == 0.25


def test_no_token_is_a_line_and_no_score(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    wrong = replace(PLATFORM, audience="https://other.example")
    class_.book.app.config["PROPAGATE_EXCEPTIONS"] = False
    class_.tool.change(class_.tool.settings().registered(wrong))
    assert "answers 500" in class_.push().problems[0]
    assert class_.begun() == []
    class_.tool.change(class_.tool.settings().registered(PLATFORM))
    assert class_.push() == Pushed(sent=1)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"{}",
        b'{"access_token": 7}',
        b'{"access_token": "a\\r\\nX: y"}',
        b'{"access_token": "\\u0430"}',
        b'{"access_token": "x", "expires_in": "soon"}',
        b'{"access_token": "x", "expires_in": 1' + b"0" * 400 + b"}",
        b'{"access_token": "x", "expires_in": [1]}',
    ],
)
def test_an_answer_without_a_token_is_a_line(answer: bytes, class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    sender = class_.book.sender()
    sender.post = lambda *_: Reply(200, {}, answer)
    (problem,) = push(class_.tool, sender).problems
    assert "token" in problem
    assert "\n" not in problem
    assert class_.begun() == []


def test_a_token_of_a_refusal_is_none(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    sender = class_.book.sender()
    sender.post = lambda *_: Reply(401, {}, b'{"access_token": "x"}')
    (problem,) = push(class_.tool, sender).problems
    assert "401 to our request for a token" in problem
    assert class_.begun() == []


def test_a_token_that_is_good_no_longer_is_asked_for_anew(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    class_.book.does = [Reply(401, {}, b"")]
    assert class_.push() == Pushed(sent=1)
    assert len(class_.book.tokens) == 2
    class_.grade(21)
    class_.book.does = [Reply(401, {}, b"")] * 2  # the platform takes none: no reason to ask for ever
    assert "answers 401 to a score" in class_.push().problems[0]


# -- stopped --


@pytest.mark.parametrize("moment", ["stopped before", "stopped after"])
def test_after_a_stop_nothing_is_lost_and_nothing_twice(moment: str, class_: Class) -> None:
    for sub in ("a", "b", "c"):
        class_.hand_in(sub)
        class_.grade(20, sub)
    class_.book.does = [Reply(204, {}, b""), moment]  # the first one taken, as far as we know
    with pytest.raises(KeyboardInterrupt):
        class_.push()
    done = class_.push()
    assert (done.sent, done.known, done.problems) == (2, 1, [])
    assert class_.given() == [20, 20]


def test_after_a_stop_a_better_score_still_follows(class_: Class) -> None:
    class_.hand_in()
    class_.grade(10)
    class_.book.does = ["stopped after"]
    with pytest.raises(KeyboardInterrupt):
        class_.push()
    class_.grade(20)
    assert class_.push() == Pushed(sent=2)
    assert class_.given() == [10, 20]


def test_the_real_command_survives_a_real_kill(tmp_path: Path) -> None:
    """The platform takes the score, and kills who sent it before it answers."""
    tool = make_tool(tmp_path / "tool")
    class_ = Class(tool)
    kills: list[int] = []

    @class_.book.app.after_request
    def kill(answer: Any) -> Any:
        if kills and answer.status_code == 200 and class_.book.all():
            os.kill(kills.pop(), signal.SIGKILL)
        return answer

    with serve(class_.book.app) as server:
        here = replace(PLATFORM, token=f"{server.url}/token")
        class_.book.audience = here.token
        tool.change(tool.settings().registered(here))
        class_.hand_in(lineitem=f"{server.url}/items/5")
        class_.grade(20)
        command = [sys.executable, "-c", "from grader.cli.main import main; main()", "lti", "push", str(tool.root)]
        killed = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        kills.append(killed.pid)
        killed.communicate(timeout=60)
        assert killed.returncode == -signal.SIGKILL
        assert class_.given() == [20]
        done = [subprocess.run(command, capture_output=True, text=True, timeout=60) for _ in range(2)]
    assert [one.returncode for one in done] == [0, 0]
    assert "1 scores sent" in done[0].stderr
    assert "0 scores sent, 1 were there" in done[1].stderr
    assert class_.given() == [20]


def test_two_at_a_time_is_one_too_many(class_: Class) -> None:
    class_.hand_in()
    class_.grade(20)
    sender = class_.book.sender()
    really = sender.post

    def post(*arguments: Any) -> Reply:
        with pytest.raises(LtiProblem, match="another `grader lti push`"):
            class_.push()
        return really(*arguments)

    sender.post = post
    assert push(class_.tool, sender) == Pushed(sent=1)


# -- shapes of platforms --


@pytest.mark.parametrize(
    ("lineitem", "scores"),
    [
        ("https://lms.example/items/5", "https://lms.example/items/5/scores"),
        ("https://lms.example/items/5/", "https://lms.example/items/5/scores"),
        ("https://lms.example/items/5/lineitem?type_id=3", "https://lms.example/items/5/lineitem/scores?type_id=3"),
    ],
)
def test_scores_stand_before_a_query(lineitem: str, scores: str) -> None:
    assert scores_of(lineitem) == scores


def test_a_line_item_with_a_query_gets_its_score(class_: Class) -> None:
    class_.hand_in(lineitem=f"{ITEM}?type_id=3")
    class_.grade(20)
    assert class_.push() == Pushed(sent=1)
    assert list(class_.book.scores) == [("5?type_id=3", "4711")]


def test_a_platform_may_want_another_audience_for_the_assertion(tmp_path: Path) -> None:
    platform = replace(PLATFORM, audience="https://auth.example/audience")
    class_ = Class(make_tool(tmp_path / "tool", platform))
    class_.book.audience = platform.audience
    class_.hand_in()
    class_.grade(20)
    assert class_.push() == Pushed(sent=1)


# -- the commands --


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(cli.cli, ["lti", *map(str, arguments)], catch_exceptions=False)


def registering(folder: Path, **changes: str) -> Result:
    options = {
        **{"issuer": ISSUER, "client-id": "c", "deployment": "1", "auth": f"{ISSUER}/auth"},
        **{"token": f"{ISSUER}/token", "jwks": f"{ISSUER}/keys", **changes},
    }
    return run("register", folder, *(word for name, value in options.items() for word in (f"--{name}", value)))


def test_init_says_what_the_platform_wants_and_keeps_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "tool"
    done = run("init", folder, "--url", "https://tool.example/jwt/")
    assert done.exit_code == 0
    assert [line.split()[-1] for line in done.stdout.splitlines()] == [
        f"https://tool.example/jwt/{what}" for what in ("launch", "login", "jwks.json")
    ]
    assert folder.stat().st_mode & 0o777 == 0o700
    secrets = {name: (folder / name).read_bytes() for name in ("key.json", "cookie-secret")}
    assert all((folder / name).stat().st_mode & 0o077 == 0 for name in secrets)
    assert Tool.at(folder).store.hand_ins() == []
    assert (folder / "lti.db").stat().st_mode & 0o077 == 0
    assert registering(folder).exit_code == 0
    assert registering(folder, deployment="2").exit_code == 0
    assert run("init", folder, "--url", "https://other.example").exit_code == 0
    settings = Tool.at(folder).settings()
    assert settings.url == "https://other.example"
    assert [one.deployments for one in settings.platforms] == [("1", "2")]
    assert {name: (folder / name).read_bytes() for name in secrets} == secrets


@pytest.mark.parametrize(
    "url",
    [
        "http://tool.example",
        "https://",
        "tool.example",
        "https://a@b.example",
        "https://x/?a",
        "https://x/#a",
        "https://x y",
    ],
)
def test_an_address_that_can_not_be_ours_is_one_line(url: str, tmp_path: Path) -> None:
    done = run("init", tmp_path / "tool", "--url", url)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "tool").exists()


@pytest.mark.parametrize("option", ["auth", "token", "jwks", "frame"])
def test_a_platforms_addresses_are_https(option: str, tool: Tool) -> None:
    for bad in ("http://lms.example/x", "ftp://lms.example", "https:///x", "", "https://lms.example/\n"):
        done = registering(tool.root, **{option: bad})
        assert done.exit_code == 2
        assert f"--{option}" in done.stderr


SETTINGS = {
    "no JSON": "{",
    "a list": "[]",
    "a number": "7",
    "nothing": "{}",
    "platforms that are a number": '{"url": "https://x.example", "opens": {}, "platforms": 7}',
    "a platform that is a text": '{"url": "https://x.example", "opens": {}, "platforms": ["x"]}',
    "a platform without more": '{"url": "https://x.example", "opens": {}, "platforms": [{"deployments": ["1"]}]}',
    "an address that is a number": '{"url": 7, "opens": {}, "platforms": []}',
    "an address without https": '{"url": "http://x.example", "opens": {}, "platforms": []}',
    "a button that leads nowhere": '{"url": "https://x.example", "opens": {"Hub": "javascript:1"}, "platforms": []}',
    "buttons that are a number": '{"url": "https://x.example", "opens": 7, "platforms": []}',
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_somebody_spoiled_are_one_line(name: str, tool: Tool) -> None:
    (tool.root / "lti.json").write_text(SETTINGS[name], "utf-8")
    done = run("who", tool.root)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_settings_that_can_not_be_read_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(LtiProblem, match="No such file or directory; `grader lti init` makes it"):
        registry.read(tmp_path / "lti.json")


IDS = {"issuer": ["", "x" * 256], "client-id": ["", "x" * 256], "deployment": ["", "x" * 256]}


@pytest.mark.parametrize("option", IDS)
def test_ids_are_there_and_not_too_long(option: str, tool: Tool) -> None:
    for bad in IDS[option]:
        done = registering(tool.root, **{option: bad})
        assert done.exit_code == 2
        assert "255 characters" in done.stderr
    assert registering(tool.root, **{option: "x" * 255}).exit_code == 0


def test_a_platform_that_is_registered_again_gets_the_new_addresses(tool: Tool) -> None:
    assert "instead" not in registering(tool.root, frame="https://apps.lms.example").stderr
    assert "instead" not in registering(tool.root, deployment="2").stderr
    assert "other addresses, and has these instead" in registering(tool.root, auth=f"{ISSUER}/new").stderr
    found = tool.settings().platform((ISSUER, "c"))
    assert found is not None
    assert (found.login, found.deployments) == (f"{ISSUER}/new", ("1", "2"))
    assert found.frames == ("https://apps.lms.example",)
    assert len(tool.settings().platforms) == 2


def test_a_folder_that_is_no_tools_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "lti.json").write_text("{}", "utf-8")
    tmp_path.chmod(0o700)
    for words in (("push", tmp_path), ("serve", tmp_path), ("push", tmp_path / "none")):
        done = run(*words)
        assert done.exit_code == 2
        assert done.stderr.count("\n") == 1
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    assert run("init", tmp_path / "other", "--url", "https://x.example").exit_code == 2


def test_a_port_that_is_taken_is_one_line(tool: Tool) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", tool.root, "--port", port)
    assert done.exit_code == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.in_ci
def test_many_who_send_slowly_keep_nobody_out(tmp_path: Path) -> None:
    """They are more than waitress serves by itself."""
    half = b"POST /launch HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nstate"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert run("init", tmp_path / "tool", "--url", f"http://127.0.0.1:{port}").exit_code == 0
    words = [sys.executable, "-m", "grader", "lti", "serve", str(tmp_path / "tool"), "--port", str(port)]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as serving, contextlib.ExitStack() as open_ones:
        assert serving.stderr is not None
        try:
            serving.stderr.readline()
            for _ in range(150):
                one = open_ones.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
                one.sendall(half)
            assert ask(f"http://127.0.0.1:{port}/").is_good
        finally:
            serving.kill()


def test_a_database_that_can_not_be_used_is_one_line(tool: Tool) -> None:
    (tool.root / "lti.db").write_bytes(b"x" * 5000)
    for command in ("push", "who"):
        done = run(command, tool.root)
        assert done.exit_code == 2
        assert done.stderr.startswith(f"grader: {tool.root}/lti.db can't be used: it is damaged")
        assert done.stderr.count("\n") == 1


def test_an_open_folder_is_not_used(tool: Tool) -> None:
    tool.root.chmod(0o755)
    done = run("push", tool.root)
    assert done.exit_code == 2
    assert "chmod o-rwx" in done.stderr


def test_a_key_that_others_can_read_signs_nothing(tool: Tool) -> None:
    (tool.root / "key.json").chmod(0o644)
    with pytest.raises(KeyProblem, match="others can read"):
        tool.key()
    assert run("push", tool.root).exit_code == 2


def test_no_tool_is_made_where_the_sandbox_shows_its_key() -> None:
    folder = Path(sys.prefix) / "lti-tool-of-a-test"
    done = run("init", folder, "--url", "https://x.example")
    assert done.exit_code == 2
    assert "the sandbox shows this folder" in done.stderr
    assert not folder.exists()
