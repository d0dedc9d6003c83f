"""Keys, receipts, certificates: what is signed, what is kept, and that nothing but the genuine passes."""

import json
import os
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from grader.cli import main as cli
from grader.engine.mounts import shows
from grader.receipts import keys
from grader.receipts.tokens import CERTIFICATE, RECEIPT
from grader.reports.local_key import LocalKey, local_key
from grader.reports.report import Report
from jwt_from_scratch import Key, KeySet, decode, encode, sign, verify
from tests.grader.helpers import CHAPTERS, POINTS, python
from tests.grader.sample_reports import exercise, report, unreadable

COURSE = "https://jwt.example/2026"


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(cli.cli, [*map(str, arguments)], catch_exceptions=False)


def line(done: Result, code: int) -> str:
    """The one line that a command said when it refused."""
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@dataclass
class Desk:
    """A teacher's folder: a key and graded Reports."""

    root: Path

    @property
    def key_file(self) -> Path:
        return self.root / "secret" / "key.json"

    @property
    def jwks(self) -> Path:
        return self.root / "secret" / "key.jwks.json"

    @property
    def graded(self) -> Path:
        return self.root / "graded"

    def add(self, one: Report, key: LocalKey | None = None) -> Path:
        one = one.sealed(key or local_key())
        path = self.graded / "reports" / f"{one.submission}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(one.to_dict()), "utf-8")
        return path

    def issue(self, *more: Any) -> Result:
        return run("receipts", self.graded, "--key", self.key_file, "--issuer", COURSE, *more)

    def certify(self, student: str, *more: Any) -> Result:
        return run(
            *("certificate", self.graded, "--student", student, "--key", self.key_file, "--issuer", COURSE), *more
        )

    def check(self, file: Path, *more: Any) -> Result:
        return run("verify-receipt", file, "--jwks", self.jwks, *more)

    def receipt(self, name: str = "ada/01_encoding.ipynb") -> Path:
        return self.graded / "receipts" / f"{name}.jwt"

    def write(self, token: str) -> Path:
        path = self.root / "token.jwt"
        path.write_text(token, "utf-8")
        return path

    @property
    def key(self) -> Key:
        return keys.read_key(self.key_file)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    keys.make_key(made.key_file)
    return made


# -- keys -------------------------------------------------------------------------------------------------------------


def test_a_key_is_a_private_file_and_a_public_one(tmp_path: Path) -> None:
    place = tmp_path / "new" / "course-key.json"
    done = run("keys", "init", "--out", place)
    assert done.exit_code == 0
    private = json.loads(place.read_text("utf-8"))
    public = json.loads((place.parent / "course-key.jwks.json").read_text("utf-8"))
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert (private["kty"], private["crv"], private["alg"]) == ("OKP", "Ed25519", "Ed25519")
    assert public == {"keys": [{name: value for name, value in private.items() if name != "d"}]}
    assert private["kid"] == Key.from_jwk(private).thumbprint()
    assert private["d"] not in done.output
    assert sorted(path.name for path in place.parent.iterdir()) == ["course-key.json", "course-key.jwks.json"]


def test_a_key_is_never_overwritten(desk: Desk) -> None:
    before = desk.key_file.read_bytes(), desk.jwks.read_bytes()
    assert "is there already" in line(run("keys", "init", "--out", desk.key_file), 2)
    assert (desk.key_file.read_bytes(), desk.jwks.read_bytes()) == before
    desk.jwks.unlink()
    assert run("keys", "init", "--out", desk.key_file).exit_code == 0
    assert (desk.key_file.read_bytes(), desk.jwks.read_bytes()) == before


def test_whatever_lies_at_the_place_stays(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "text.json").write_text("mine", "utf-8")
    (tmp_path / "text.json").chmod(0o600)
    for name in ("link.json", "text.json"):
        line(run("keys", "init", "--out", tmp_path / name), 2)
    assert (tmp_path / "text.json").read_text("utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "text.json"]


def test_without_a_place_the_key_lies_in_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    assert run("keys", "init").exit_code == 0
    assert (tmp_path / "settings" / "jwt-from-scratch" / "course-key.json").is_file()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is Linux's")
def test_a_key_is_refused_where_the_sandbox_would_show_it(tmp_path: Path, desk: Desk) -> None:
    for place in (Path(sys.prefix) / "course-key.json", Path("/usr/share/course-key.json")):
        assert shows(place)
        assert "sandbox shows" in line(run("keys", "init", "--out", place), 2)
        assert not place.exists()
    link = tmp_path / "link"
    link.symlink_to(sys.prefix)
    assert "sandbox shows" in line(run("keys", "init", "--out", link / "course-key.json"), 2)
    for place in (desk.key_file, keys.default_place(), Path.cwd() / "course-key.json"):
        assert not shows(place)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_key_that_others_can_read_is_refused(desk: Desk) -> None:
    desk.add(report())
    desk.key_file.chmod(0o640)
    assert "others can read" in line(desk.issue(), 2)
    assert not desk.receipt().exists()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "x",
        json.dumps(Key.generate("ES256").to_jwk(private=True)),
        json.dumps(Key.generate("Ed25519").to_jwk()),
        json.dumps({**Key.generate("Ed25519").to_jwk(private=True), "d": "AAAA"}),
    ],
)
def test_what_is_no_private_ed25519_key_is_one_line_without_it(desk: Desk, content: str) -> None:
    desk.add(report())
    desk.key_file.write_text(content, "utf-8")
    said = line(desk.issue(), 2)
    assert '"d"' not in said
    assert not desk.receipt().exists()


def test_the_process_that_signs_runs_nothing_of_a_learner() -> None:
    """It loads neither what runs cells nor what talks to a learner's process, and starts no other process."""
    loaded = python(
        "import sys, subprocess, os\n"
        "subprocess.Popen = os.fork = None\n"
        "from grader.receipts import issue, verify, keys\n"
        "print(*sys.modules)"
    ).split()
    assert not {"grader.inside.shell", "grader.inside.child", "grader.inside.zygote", "IPython"} & set(loaded)


# -- receipts ---------------------------------------------------------------------------------------------------------


def test_a_receipt_has_the_documented_shape(desk: Desk) -> None:
    desk.add(report(exercises=[exercise(score=3)]))
    assert desk.issue().exit_code == 0
    token = desk.receipt().read_text("ascii").strip()
    keyset = KeySet.from_jwks(json.loads(desk.jwks.read_text("utf-8")))
    assert verify(token, keyset).header == {"alg": "Ed25519", "typ": "grade-receipt+jwt", "kid": desk.key.thumbprint()}
    claims = decode(token, keyset, issuer=COURSE, subject="ada", typ=RECEIPT, require=("iat", "jti"))
    assert type(claims.pop("iat")) is int
    assert len(claims.pop("jti")) == 22
    assert claims == {
        **{"iss": COURSE, "sub": "ada", "assignment": "01_encoding", "score": 3, "max_score": 5},
        **{"submission": "ab" * 32, "sandbox": "full"},
    }


def test_the_same_report_keeps_its_receipt(desk: Desk) -> None:
    desk.add(report())
    desk.add(report(submission="eve/01_encoding.ipynb", student="eve"))
    assert "2 receipts, 2 of them new" in desk.issue().stderr
    before = desk.receipt().read_bytes()
    desk.receipt("eve/01_encoding.ipynb").unlink()
    assert "2 receipts, 1 of them new" in desk.issue().stderr
    assert desk.receipt().read_bytes() == before


def claims_of(desk: Desk) -> dict[str, Any]:
    return decode(desk.receipt().read_text("ascii").strip(), desk.key, typ=RECEIPT, require=())


def test_the_id_is_of_the_grade(desk: Desk) -> None:
    seen = set()
    grades = (report(), report(exercises=[exercise(score=4)]), report(student="eve"), report(grading_id="2" * 16))
    for one in grades:
        desk.add(one)
        desk.issue()
        first = claims_of(desk)["jti"]
        desk.receipt().unlink()
        desk.issue()
        assert claims_of(desk)["jti"] == first
        seen.add(first)
    assert len(seen) == len(grades)


@pytest.mark.parametrize("spoil", ["", "x", "a.b.c", "\udc80"])
def test_a_spoilt_receipt_is_issued_again(desk: Desk, spoil: str) -> None:
    desk.add(report())
    desk.issue()
    desk.receipt().write_bytes(spoil.encode("utf-8", "surrogateescape"))
    assert "1 of them new" in desk.issue().stderr
    assert desk.check(desk.receipt()).exit_code == 0


def test_a_receipt_of_another_key_is_issued_again(desk: Desk) -> None:
    desk.add(report())
    desk.issue()
    desk.key_file.unlink()
    desk.jwks.unlink()
    keys.make_key(desk.key_file)
    assert "1 of them new" in desk.issue().stderr
    assert desk.check(desk.receipt()).exit_code == 0


def test_no_sandbox_shows_in_the_receipt_and_when_it_is_verified(desk: Desk) -> None:
    desk.add(report(sandbox="none"))
    desk.issue()
    assert claims_of(desk)["sandbox"] == "none"
    assert "could have changed the score" in desk.check(desk.receipt()).stdout


def test_reports_without_a_grade_get_none_and_do_not_stop_the_others(desk: Desk) -> None:
    desk.add(report())
    desk.add(unreadable(submission="eve/02_hmac.ipynb", student="eve"))
    done = desk.issue()
    assert done.exit_code == 0
    assert "eve/02_hmac.ipynb.json: the submission could not be read" in done.stderr
    desk.add(report(submission="nobody.ipynb", student=""))
    (desk.graded / "reports" / "broken.json").write_text("{", "utf-8")
    (desk.graded / "reports" / "link.json").symlink_to(desk.graded / "reports" / "ada" / "01_encoding.ipynb.json")
    done = desk.issue()
    assert done.exit_code == 2
    assert "nobody.ipynb.json: it names no student" in done.stderr
    assert "broken.json: not a Report" in done.stderr
    assert "1 receipts, 0 of them new" in done.stderr


def test_an_earlier_grades_receipt_is_told(desk: Desk) -> None:
    desk.add(report())
    assert "still there" not in desk.issue().stderr
    desk.add(replace(unreadable(), submission=report().submission, student="ada"))
    done = desk.issue()
    assert done.exit_code == 0
    assert f"an earlier grade's receipt is still there: {desk.receipt()}" in done.stderr


def test_reports_behind_a_link_are_not_signed(desk: Desk, tmp_path: Path) -> None:
    desk.add(report())
    (desk.graded / "reports").rename(tmp_path / "elsewhere")
    (desk.graded / "reports").symlink_to(tmp_path / "elsewhere")
    assert "a link that no grader made there" in line(desk.issue(), 2)


@pytest.mark.parametrize("course", ["", "  ", "a\nb"], ids=("empty", "blank", "two lines"))
def test_a_course_has_a_name(desk: Desk, course: str) -> None:
    desk.add(report())
    with pytest.raises(click.BadParameter):
        cli.cli(["receipts", str(desk.graded), "--key", str(desk.key_file), "--issuer", course], standalone_mode=False)
    assert not (desk.graded / "receipts").exists()


def test_a_folder_without_reports_is_a_line(desk: Desk) -> None:
    assert "no Report" in line(desk.issue(), 2)


# -- verification -----------------------------------------------------------------------------------------------------


def test_a_genuine_receipt_says_what_it_says(desk: Desk) -> None:
    path = desk.add(report())
    desk.issue()
    done = desk.check(desk.receipt(), "--issuer", COURSE, "--report", path)
    assert done.exit_code == 0
    for word in ("genuine receipt", COURSE, "ada", "01_encoding", "5 of 5", "ab" * 32, "full"):
        assert word in done.stdout


CHANGES: dict[str, Any] = {
    "score": {"score": 25},
    "student": {"sub": "eve"},
    "true as a score": {"score": True},
    "no sandbox claim": {"sandbox": None},
    "a text as time": {"iat": "now"},
    "from the future": {"iat": 4_000_000_000},
    "before 1970": {"iat": -1},
    "a float as time": {"iat": 1.5},
    "an audience": {"aud": "someone"},
    "expired": {"exp": 1},
}


def forged(desk: Desk, changes: dict[str, Any], key: Key | None = None, typ: str = RECEIPT) -> Path:
    claims = {name: value for name, value in {**claims_of(desk), **changes}.items() if value is not None}
    return desk.write(sign(json.dumps(claims).encode(), key or desk.key, {"typ": typ}))


@pytest.mark.parametrize("name", CHANGES)
def test_another_key_signs_in_vain_and_the_right_one_not_just_anything(desk: Desk, name: str) -> None:
    desk.add(report())
    desk.issue()
    other = Key.from_jwk({**Key.generate("Ed25519").to_jwk(private=True), "kid": desk.key.kid})
    assert "signature does not fit" in line(desk.check(forged(desk, CHANGES[name], other)), 1)
    if name not in ("score", "student"):
        line(desk.check(forged(desk, CHANGES[name])), 1)


def test_refusals_are_one_line_and_code_one(desk: Desk) -> None:
    path = desk.add(report())
    desk.issue()
    token = desk.receipt().read_text("ascii").strip()
    head, body, _ = token.split(".")
    bad = {"": "", "half": token[:60], "no signature": f"{head}.{body}.", "two": token + token, "odd": "\x1b[31m.é.x"}
    for text in bad.values():
        said = line(desk.check(desk.write(text)), 1)
        assert "\x1b" not in said
    none = encode({"iss": COURSE}, Key.generate("HS256"))
    line(desk.check(desk.write(none)), 1)
    line(desk.check(forged(desk, {}, typ="JWT")), 1)
    line(desk.check(forged(desk, {}, typ=CERTIFICATE)), 1)
    assert "iss" in line(desk.check(desk.receipt(), "--issuer", "another"), 1)
    for change in ({"student": "eve"}, {"chapter": "02_hmac"}, {"sha256": "cd" * 32}, {"grading_id": "3" * 16}):
        other = desk.add(replace(report(), **change))
        assert "another Report" in line(desk.check(desk.receipt(), "--report", other), 1)
    path.write_text("{}", "utf-8")
    assert "not a Report" in line(desk.check(desk.receipt(), "--report", path), 1)


def test_files_that_cannot_be_used_are_code_two(desk: Desk, tmp_path: Path) -> None:
    desk.add(report())
    desk.issue()
    line(desk.check(tmp_path / "missing"), 2)
    os.mkfifo(tmp_path / "pipe")
    line(desk.check(tmp_path / "pipe"), 2)
    for text in ("", "{}", '{"keys": []}', json.dumps({"keys": [Key.generate("ES256").to_jwk()]})):
        desk.jwks.write_text(text, "utf-8")
        line(desk.check(desk.receipt()), 2)


def test_a_jwks_of_several_keys_verifies_what_each_signed(desk: Desk) -> None:
    desk.add(report())
    desk.issue()
    old = json.loads(desk.jwks.read_text("utf-8"))["keys"]
    new = [Key.generate("ES256", kid="x").to_jwk(), Key.generate("Ed25519", kid="y").to_jwk()]
    desk.jwks.write_text(json.dumps({"keys": new + old}), "utf-8")
    assert desk.check(desk.receipt()).exit_code == 0


def test_texts_of_a_genuine_receipt_are_harmless_to_print(desk: Desk) -> None:
    desk.add(report())
    desk.issue()
    done = desk.check(forged(desk, {"sub": "\x1b[31m\ngenuine"}))
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout
    assert r"\x1b[31m\ngenuine" in done.stdout


# -- certificates -----------------------------------------------------------------------------------------------------


def hand_in(desk: Desk, chapters: tuple[str, ...], **changes: Any) -> None:
    for name in chapters:
        done = exercise(score=POINTS[name], max_score=POINTS[name])
        desk.add(report(submission=f"ada/{name}.ipynb", chapter=name, exercises=[done], **changes))


def test_a_certificate_is_for_all_lessons(desk: Desk) -> None:
    hand_in(desk, CHAPTERS)
    worse = exercise(score=1, max_score=POINTS[CHAPTERS[0]])
    desk.add(report(submission="ada/again.ipynb", chapter=CHAPTERS[0], exercises=[worse]))
    done = desk.certify("ada")
    assert done.exit_code == 0, done.output
    path = desk.graded / "certificates" / "ada.jwt"
    token = path.read_text("ascii").strip()
    assert verify(token, desk.key).header["typ"] == "course-certificate+jwt"
    claims = decode(token, desk.key, issuer=COURSE, subject="ada", typ=CERTIFICATE, require=("iat", "jti"))
    assert claims["score"] == claims["max_score"] == sum(POINTS.values())
    assert [(one["name"], one["score"], one["sandbox"]) for one in claims["chapters"]] == [
        (name, POINTS[name], "full") for name in CHAPTERS
    ]
    said = desk.check(path, "--issuer", COURSE).stdout
    assert "genuine certificate" in said
    assert all(name in said for name in CHAPTERS)
    desk.certify("ada")
    assert path.read_text("ascii").strip() == token
    assert "not for one Report" in line(
        desk.check(path, "--report", desk.graded / "reports" / "ada" / "again.ipynb.json"), 1
    )


def test_a_missing_or_unreadable_lesson_is_named(desk: Desk) -> None:
    hand_in(desk, CHAPTERS[:-2])
    desk.add(unreadable(submission="ada/last.ipynb", chapter=CHAPTERS[-1]))
    said = line(desk.certify("ada"), 2)
    assert said.endswith(f"has not handed in: {CHAPTERS[-2]}, {CHAPTERS[-1]}\n")
    assert "no Report of a student" in line(desk.certify("eve"), 2)
    assert not (desk.graded / "certificates").exists()


@pytest.mark.parametrize("name", ["../../evil", "con\n", "a/b", "", "x" * 65, "<b>", "\u202eada"])
def test_who_has_no_id_gets_neither_receipt_nor_certificate(desk: Desk, name: str) -> None:
    hand_in(desk, CHAPTERS, student=name)
    assert "can't be an id" in line(desk.certify(name), 2)
    done = desk.issue()
    assert done.exit_code == 2
    assert "it names no student" in done.stderr
    assert list(desk.graded.rglob("*.jwt")) == []


TWINS = ["Jos\u00e9", "jos\u00e9", "Jose", "jose", "JOSE", "con", "a b", "a_b", "\u0645\u0631\u064a\u0645"]


def test_no_two_students_share_a_certificate(desk: Desk) -> None:
    """Names that are alike without accents or capitals, that mean a device, or that one could write as another."""
    for number, who in enumerate(TWINS):
        for name in CHAPTERS:
            done = exercise(score=POINTS[name], max_score=POINTS[name])
            where = f"{number}/{name}.ipynb"
            desk.add(report(submission=where, student=who, chapter=name, exercises=[done], sha256=f"{number:064x}"))
        assert desk.certify(who).exit_code == 0
    paths = list((desk.graded / "certificates").iterdir())
    assert len({path.name.casefold() for path in paths}) == len(TWINS)
    said = {
        decode(path.read_text("ascii").strip(), desk.key, typ=CERTIFICATE, require=("iat",))["sub"] for path in paths
    }
    assert said == {*TWINS}


def test_a_name_is_found_in_whatever_form_of_unicode_it_is_typed(desk: Desk) -> None:
    hand_in(desk, CHAPTERS, student="Jos\u00e9")
    assert desk.certify("Jose\u0301").exit_code == 0
    assert desk.certify("Jos\u00e9").exit_code == 0
    (path,) = (desk.graded / "certificates").iterdir()
    assert decode(path.read_text("ascii").strip(), desk.key, typ=CERTIFICATE, require=("iat",))["sub"] == "Jos\u00e9"


def test_a_certificate_shows_where_there_was_no_sandbox(desk: Desk) -> None:
    hand_in(desk, CHAPTERS)
    hand_in(desk, CHAPTERS[:1], sandbox="none")
    desk.certify("ada", "--out", desk.root / "mine.jwt")
    said = desk.check(desk.root / "mine.jwt").stdout
    assert said.count("sandbox none") == 1


# -- Reports that this machine did not write --------------------------------------------------------------------------


@pytest.mark.parametrize("spoil", ["another machine's", "edited", "without a MAC"])
def test_nothing_is_signed_for_a_report_that_this_machine_did_not_keep(desk: Desk, spoil: str) -> None:
    desk.add(report(submission="grace/01_encoding.ipynb", student="grace"))
    path = desk.add(
        report(exercises=[exercise(score=1)]), LocalKey(b"another") if spoil == "another machine's" else None
    )
    if spoil == "edited":
        path.write_text(path.read_text("utf-8").replace('"score": 1', '"score": 5'), "utf-8")
    if spoil == "without a MAC":
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "mac": ""}), "utf-8")
    done = desk.issue()
    assert done.exit_code == 2
    assert "ada/01_encoding.ipynb.json: it was not written with this machine's key" in done.stderr
    assert "grade the submission here, or let --unsafe-foreign-reports believe it" in done.stderr
    assert not desk.receipt().exists()
    assert desk.receipt("grace/01_encoding.ipynb").exists()


def test_reports_from_elsewhere_are_signed_on_ones_word(desk: Desk) -> None:
    desk.add(report(), LocalKey(b"another"))
    done = desk.issue("--unsafe-foreign-reports")
    assert done.exit_code == 0
    assert "warning: what the Reports say is signed, whoever wrote them" in done.stderr
    assert desk.check(desk.receipt()).exit_code == 0


def test_a_certificate_counts_no_foreign_report(desk: Desk) -> None:
    for chapter in CHAPTERS:
        foreign = LocalKey(b"another") if chapter == CHAPTERS[3] else None
        desk.add(report(submission=f"ada/{chapter}.ipynb", chapter=chapter), foreign)
    said = line(desk.certify("ada"), 2)
    assert f"has not handed in: {CHAPTERS[3]} (ada/{CHAPTERS[3]}.ipynb.json: it was not written" in said
    assert desk.certify("ada", "--unsafe-foreign-reports").exit_code == 0


def test_receipts_are_not_written_through_a_link(desk: Desk) -> None:
    desk.add(report())
    (desk.root / "other").mkdir()
    (desk.graded / "receipts").symlink_to(desk.root / "other")
    assert "graded/receipts: a link" in line(desk.issue(), 2)
    assert not list((desk.root / "other").iterdir())
