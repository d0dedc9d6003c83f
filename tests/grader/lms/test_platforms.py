"""Learning platforms: their rosters, whose a download's file is, and the grade files that they take."""

import csv
import io
import json
import zipfile
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

import pytest

from grader.batch.collect import look_through
from grader.batch.names import impostors, origin
from grader.classroom.roster import read_roster
from grader.classroom.zip_collect import _is_handed_in
from grader.cli.main import LMS
from grader.errors import BELOW, NOT_ALL_TAKEN, OK, ClassError
from grader.lms.csvfile import CsvFile, read_csv
from grader.lms.grades import Grade, HandIn, by_key, filled, made
from grader.lms.platform import seconds
from grader.lms.platforms import PLATFORMS, platform_called
from grader.lms.roster import Roster
from grader.student import readable
from tests.grader.helpers import solved, student
from tests.grader.warm import here

BERLIN = ZoneInfo("Europe/Berlin")
NOON = 1_792_317_600.0  # 2026-10-18 12:00 in Berlin

# -- rosters ----------------------------------------------------------------------------------------------------------

ROSTERS = {
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Lesson 01 (44),Current Score\n"
        ",,,,,Manual Posting,\n    Points Possible,,,,,30.00,(read only)\n"
        '"Lovelace, Ada",1001,s1,ada,A,,\n"Curie, Marie",1002,s2,marie@x.org,A,,\n"Student, Test",9,,f00,A,,\n',
        {"ada", "marie@x.org"},
    ),
    "canvas with two names": (
        "LastName,FirstName,ID,SIS Login ID,Section\n    Points Possible,,,,\nLovelace,Ada,1001,ada,A\n"
        "Student,Test,9,f00,A\nStudent,Tom,10,tom,A\n",
        {"ada", "tom"},
    ),
    "moodle": (
        "\ufeffFirst name,Last name,ID number,Institution,Department,Email address,Groups\n"
        "Ada,Lovelace,4711,,,ada@x.org,Lab 1\n",
        {"4711"},
    ),
    "moodle without numbers": ("Surname;First name;Email address\nLovelace;Ada;ada@x.org\n", {"ada@x.org"}),
    "moodle's worksheet": (
        "Identifier,Full name,Email address,Grade\nParticipant 12,Ada Lovelace,ada@x.org,\n",
        {"ada@x.org"},
    ),
    "blackboard": (
        '"Last Name","First Name","Username","Student ID","Last Access","Lesson 01 [Total Pts: 30 Score] |12"\n'
        '"Lovelace","Ada","ada_l","7","",""\n',
        {"ada_l"},
    ),
    "brightspace": ("OrgDefinedId,Username,Last Name,First Name\n#7,ada,Lovelace,Ada\n", {"ada"}),
    "brightspace's grades": (
        "OrgDefinedId,Username,Last Name,First Name,Email,Lesson 01 Points Grade <Numeric MaxPoints:30>,"
        "End-of-Line Indicator\n#4711,#ada,Lovelace,Ada,ada@x.org,,#\n",
        {"ada"},
    ),
    "brightspace by number": (
        "OrgDefinedId,Last Name,First Name,End-of-Line Indicator\n#4711,Lovelace,Ada,#\n",
        {"4711"},
    ),
    "brightspace by login": ("Username,Last Name,First Name,End-of-Line Indicator\n#ada,Lovelace,Ada,#\n", {"ada"}),
    "canvas with semicolons": (
        'Student;ID;SIS Login ID;Section;Week 1, base64url, JSON, and so on (44)\n"Lovelace, Ada";1001;ada;A;\n',
        {"ada"},
    ),
    "github": (
        '"identifier","github_username","github_id","name"\n"ada@x.org","ada-l","5","Ada Lovelace"\n"Bob B","","",""\n',
        {"ada@x.org", "Bob B"},
    ),
    "one's own": ("id,group\nada,Team 1\n", {"ada"}),
}


@pytest.mark.parametrize(("text", "ids"), ROSTERS.values(), ids=ROSTERS)
def test_rosters_as_platforms_export_them(tmp_path: Path, text: str, ids: set[str]) -> None:
    (tmp_path / "roster.csv").write_text(text, "utf-8")
    found = read_roster(tmp_path / "roster.csv")
    assert {*found} == ids
    row = found.get("ada") or next(iter(found.values()))
    assert row.get("first_name", "Ada") == "Ada"
    assert row.get("last_name", "Lovelace") == "Lovelace"


def test_quotes_in_the_first_title_hide_no_delimiter(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text('"Our ""name"", in full";id\nAda, L.;ada\n', "utf-8")
    assert read_csv(tmp_path / "list.csv").rows == [['Our "name", in full', "id"], ["Ada, L.", "ada"]]


def test_blackboards_file_with_tabs_in_utf_16(tmp_path: Path) -> None:
    text = ROSTERS["blackboard"][0].replace('","', '"\t"')
    (tmp_path / "gc.xls").write_bytes(text.encode("utf-16"))
    assert {*read_roster(tmp_path / "gc.xls")} == {"ada_l"}
    assert read_csv(tmp_path / "gc.xls").to_bytes() == text.replace("\n", "\r\n").encode("utf-16")


def test_another_platforms_list_makes_no_second_student(tmp_path: Path) -> None:
    roster = Roster()
    for name in ("moodle without numbers", "github"):
        (tmp_path / "roster.csv").write_text(ROSTERS[name][0], "utf-8")
        for who, row in read_roster(tmp_path / "roster.csv", roster).items():
            roster.add(who, row)
    assert {*roster.students} == {"ada@x.org", "Bob B"}
    assert roster.students["ada@x.org"]["github"] == "ada-l"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name,mail\nada,x\n", "not a roster of Moodle"),
        (ROSTERS["canvas"][0].replace("1002,s2,marie@x.org", "1001,s1,ada"), "line 5: ada is there twice"),
        ("identifier,github_username\n<b>,\n", "line 2: '<b>' can't be an id"),
        ("First name,Email address\n=1+1,\n", "line 2: there is no id in it"),
    ],
)
def test_what_is_no_roster(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "roster.csv").write_text(text, "utf-8")
    with pytest.raises(ClassError) as error:
        read_roster(tmp_path / "roster.csv")
    assert reason in str(error.value)


def test_a_damaged_roster_is_said_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "roster.json"
    assert Roster.read(path).students == {}
    for text in ("{", '{"students": [1]}', '{"students": {"<b>": {}}}', "[]"):
        path.write_text(text, "utf-8")
        with pytest.raises(ClassError, match="damaged; delete it"):
            Roster.read(path)
        assert path.read_text("utf-8") == text


# -- whose a download's file is ---------------------------------------------------------------------------------------


@pytest.fixture
def roster() -> Roster:
    """Ada and Bob, two of one name, somebody whose login has underscores, and a group."""
    return Roster(
        {
            "ada": {
                "first_name": "Ada",
                "last_name": "Lovelace",
                "lms_user_id": "1001",
                "github": "ada-l",
                "login": "ada",
            },
            "bob": {
                "first_name": "Bob",
                "last_name": "Babbage",
                "lms_user_id": "12",
                "login": "b_a_b",
                "group": "Team Red",
            },
            "x1": {"first_name": "Li", "last_name": "Wei", "email": "x1@x.org", "group": "Team Red"},
            "x2": {"first_name": "Wei", "last_name": "Li", "email": "x2@x.org", "login": "b"},
            "jose": {"first_name": "Jose\u0301", "last_name": "O'Neill-D\u00edaz"},
        }
    )


WHOSE = {
    "Ada Lovelace_77_assignsubmission_file/01_encoding.ipynb": ["ada"],
    "Jos\u00e9 O'Neill-D\u00edaz_78_assignsubmission_file_01_encoding.ipynb": ["jose"],
    "Team Red_9_assignsubmission_file_/01_encoding.ipynb": ["bob", "x1"],
    "lovelaceada_LATE_1001_98765_01_encoding.ipynb": ["ada"],
    "somebodyelse_1001_98765_01_encoding.ipynb": ["ada"],
    "oneilld\u00edazjos\u00e9_555_98765_01_encoding.ipynb": ["jose"],
    "Lesson_01_b_a_b_attempt_2026-10-18-12-00-00_x.ipynb": ["bob"],
    "Lesson 01_b_attempt_2026-10-18-12-00-00_x.ipynb": ["x2"],
    "lesson-01-ada-l-main/01_encoding.ipynb": ["ada"],
    "lesson-01-team-red/01_encoding.ipynb": ["bob", "x1"],
    "12-9 - Bob B. - Oct 18, 2026 1200 PM/01_encoding.ipynb": ["bob"],
    "Babbage, Bob(b_a_b)/Submission attachment(s)/01_encoding.ipynb": ["bob"],
    "Babbage_Bob_b_a_b_3/01_encoding.ipynb": ["bob"],
    "Team 3/Lovelace_Ada_ada_4/01_encoding.ipynb": ["ada"],
    "Lovelace, Ada 01_encoding.ipynb": ["ada"],
    "x1@x.org_01_encoding.ipynb": ["x1"],
    "Li Wei_80_assignsubmission_file_01_encoding.ipynb": [],  # two could be meant
    # A name that a student has chosen stands behind the platform's own, or in a folder, and says nothing.
    "Eve_99_assignsubmission_file_Ada Lovelace_77_assignsubmission_file_01_encoding.ipynb": [],
    "Eve_99_assignsubmission_file/ada/01_encoding.ipynb": [],
    "eve_1999_98765_ada-l.ipynb": [],
    "Lesson_eve_attempt_2026-10-18-12-00-00_b_a_b_attempt_2026-12-01-00-00-00_x.ipynb": [],
    "9-9 - Eve - Oct 18, 2026 1200 PM - 12-9 - Bob - Oct 19, 2026 1200 PM - x.ipynb": [],
}


@pytest.mark.parametrize(("name", "who"), WHOSE.items(), ids=WHOSE)
def test_the_roster_says_whose_a_file_is(roster: Roster, name: str, who: list[str]) -> None:
    start = origin(PurePosixPath(name), roster, BERLIN)
    assert sorted(start.known) == who
    assert start.late == ("LATE" in name)
    later = 24 * 3600 if "Oct 19" in name else 0  # of two times in a name the later one: nobody gains by an early one
    assert start.time == (NOON + later if "12-00-00" in name or "1200 PM" in name else 0)


@pytest.mark.parametrize("name", ["Eve_99_assignsubmission_file_Bob_77_assignsubmission_file_x.ipynb"])
def test_without_a_roster_the_platforms_own_name_counts_too(name: str) -> None:
    assert origin(PurePosixPath(name)).who == "Eve"
    assert (
        origin(PurePosixPath("L_eve_attempt_2026-10-18-12-00-00_ada_attempt_2026-12-01-00-00-00_x.ipynb")).who == "eve"
    )


def test_tables_beside_the_hand_ins(tmp_path: Path, roster: Roster) -> None:
    (tmp_path / "moodle.csv").write_text(
        "Identifier,Full name,Email address,Last modified (submission)\n"
        'Participant 80,Li Wei,x2@x.org,"Sunday, 18 October 2026, 12:00 PM"\nParticipant 81,Li Wei,x1@x.org,-\n',
        "utf-8",
    )
    (tmp_path / "github.csv").write_text("github_username,submission_timestamp\nada-l,2026-10-18 10:00:00 UTC\n")
    (tmp_path / "other.csv").write_bytes(b"\xff\xfa,1\n")
    assert [roster.learn(path, BERLIN) for path in sorted(tmp_path.iterdir())] == [True, True, False]
    assert roster.moments == {"x2": NOON, "ada": NOON}
    for number, who in ((80, "x2"), (81, "x1")):
        assert origin(PurePosixPath(f"Li Wei_{number}_assignsubmission_file_x.ipynb"), roster).known == (who,)


def test_a_long_text_of_one_student_hides_nobody_in_moodles_worksheet(tmp_path: Path, roster: Roster) -> None:
    head = "Identifier,Full name,Email address,Grade,Last modified (submission),Online text\r\n"
    when = '"Sunday, 18 October 2026, 12:00 PM"'
    pasted = '<p>""{""</p>\r\n\r\n' * 20_000
    text = f'{head}Participant 80,Li Wei,x2@x.org,,{when},"{pasted}"\r\nParticipant 81,Li Wei,x1@x.org,,{when},\r\n'
    (tmp_path / "moodle.csv").write_bytes(text.encode())
    assert roster.learn(tmp_path / "moodle.csv", BERLIN)
    assert roster.participants == {"80": "x2", "81": "x1"}
    done = filled(
        platform_called("moodle"),
        read_csv(tmp_path / "moodle.csv"),
        roster,
        [Grade("01_encoding", 30, {"x1": 9}, "01_encoding")],
        {},
        zeros=False,
    )
    assert done.table.to_bytes() == text.replace("x1@x.org,,", "x1@x.org,9,").encode()


@pytest.mark.parametrize(("spread", "stamped"), [(0, False), (2, True)])
def test_a_time_of_download_is_no_time_of_handing_in(tmp_path: Path, spread: int, stamped: bool) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for hour, who in ((8, "Ada"), (8 + spread, "Bob")):
            name = f"{who}_{hour}_assignsubmission_file/01_encoding.ipynb"
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 18, hour, 0, 0)), "{}")
            archive.writestr(zipfile.ZipInfo(f"{who}/01_encoding.ipynb", (2026, 10, 18, hour, 0, 0)), "{}")
    found = look_through([tmp_path / "all.zip"], tmp_path / "unpacked")
    of_moodle = [one for one in found if "assignsubmission" in one.name or one.not_taken]
    assert {one.stamped for one in found if "assignsubmission" in one.name and not one.not_taken} <= {stamped}
    assert all(one.times[0] for one in of_moodle), "which of two downloads is newer, it does say"


# -- grade files ------------------------------------------------------------------------------------------------------

GRADES = [
    Grade("01_encoding", 30, {"ada": 12.5, "bob": 0.0}, "01_encoding"),
    Grade("01_encoding b64u_encode", 5, {"ada": 10 / 3, "bob": 0.0}, "01_encoding"),
]


def table(text: str, **form: str) -> CsvFile:
    return CsvFile(list(csv.reader(io.StringIO(text))), **form)


def column(rows: CsvFile, title: str) -> list[str]:
    place = rows.head.index(title)
    return [row[place] for row in rows.rows[1:]]


@pytest.mark.parametrize("name", LMS)
def test_a_new_file_has_no_formulas_and_all_students(name: str, roster: Roster) -> None:
    roster.add("evil", {"first_name": "=1+1", "last_name": "@SUM(A1)", "email": "+x"})
    rows = made(platform_called(name), roster, GRADES, zeros=False)
    assert len(rows.rows) == 1 + len(roster.students) + (name == "canvas")
    assert not any(cell.startswith(("=", "+", "@", "-")) for row in rows.rows for cell in row)
    zeros = made(platform_called(name), roster, GRADES, zeros=True)
    assert [row[-1] for row in zeros.rows].count("0") == len(roster.students) - 1
    assert [row[-1] for row in rows.rows].count("0") == 1


def test_a_file_of_canvas_is_filled_in_and_else_left_as_it_is(roster: Roster) -> None:
    text = (
        "Student,ID,SIS Login ID,Section,Encoding: lesson 01 encoding (44),01_encoding b64u_encode (45),Final Score\n"
        "    Points Possible,,,,30.00,4,(read only)\n"
        '"Lovelace, Ada",1001,ada,A,,,7\n"Babbage, Bob",12,,A,5,5,\n"Nobody, N",77,,A,1,,=2\n'
    )
    done = filled(platform_called("canvas"), table(text, delimiter=";"), roster, GRADES, {}, zeros=False)
    assert column(done.table, "Encoding: lesson 01 encoding (44)") == ["30.00", "12.5", "0", "1"]
    assert column(done.table, "01_encoding b64u_encode (45)") == ["4", "3.33", "0", ""]
    assert column(done.table, "Final Score") == ["(read only)", "7", "", "=2"]
    assert (done.table.delimiter, list(done.missing)) == (";", [])
    assert done.other_points == {"01_encoding b64u_encode (45)": 4}


def test_a_zero_takes_no_mark_away_that_somebody_gave(roster: Roster) -> None:
    text = (
        "Student,ID,SIS Login ID,Section,01_encoding (44)\n    Points Possible\n"
        '"Lovelace, Ada",1001,ada,A,3\n"Babbage, Bob",12,b_a_b,A,EX\n"Li, Wei",7,x1,A,7\n"Wei, Li",8,b,A,\n'
        '"O\'Neill-D\u00edaz, Jos\u00e9",9,jose,A,-\n'
    )
    scores = [Grade("01_encoding", 30, {"ada": 12.5}, "01_encoding")]
    done = filled(platform_called("canvas"), table(text), roster, scores, {}, zeros=True)
    assert column(done.table, "01_encoding (44)") == ["", "12.5", "EX", "7", "0", "0"]


@pytest.mark.parametrize(
    ("title", "others", "written"),
    [
        ("01_encoding [Total Pts: 30,00 Score] |12", "", "12,5"),
        ("01_encoding [Total Pts: 30 Score] |12", "7,25", "12,5"),
        ("01_encoding [Total Pts: 30 Score] |12", "7.25", "12.5"),
        ("01_encoding [Total Pts: 30 Score] |12", "1,2,3", "12.5"),
    ],
)
def test_decimals_are_written_as_the_file_has_them(roster: Roster, title: str, others: str, written: str) -> None:
    text = f'"Last Name"\t"First Name"\t"Username"\t"Week 0 [Total Pts: 9 Score] |9"\t"{title}"\n'
    rows = list(csv.reader(io.StringIO(f'{text}"L"\t"A"\t"ada"\t"{others}"\t""\n'), delimiter="\t"))
    done = filled(platform_called("blackboard"), CsvFile(rows), roster, GRADES[:1], {}, zeros=False)
    assert done.table.rows[1][3:] == [others, written]
    assert not done.other_points


def test_moodles_worksheet_and_blackboards_columns(roster: Roster) -> None:
    sheet = table(
        "Identifier,Full name,Grade,Maximum grade,Last modified (grade)\nParticipant 3,Ada Lovelace,,30.00,-\n"
    )
    done = filled(platform_called("moodle"), sheet, roster, GRADES[:1], {}, zeros=False)
    assert column(done.table, "Grade") == ["12.5"]
    assert (list(done.missing), done.other_points) == (["bob"], {})
    title = "Week 1 [Total Pts: 25 Score] |123"
    text = f'"Last Name","First Name","Username","{title}"\n"Lovelace","Ada","ada",""\n"Babbage","Bob","b_a_b",""\n'
    names = {"01_encoding": "Week 1"}
    done = filled(platform_called("blackboard"), table(text), roster, GRADES[:1], names, zeros=False)
    assert column(done.table, title) == ["12.5", "0"]
    assert done.other_points == {title: 25}


NOTES = ("01_encoding", "Notes on 01 encoding")


@pytest.mark.parametrize("note", NOTES)
def test_a_column_of_notes_is_none_of_grades(roster: Roster, note: str) -> None:
    rows = table(f'Student,ID,SIS Login ID,Section,{note},01_encoding (44)\n"Lovelace, Ada",1001,ada,A,late,\n')
    done = filled(platform_called("canvas"), rows, roster, GRADES[:1], {}, zeros=False)
    assert done.table.rows[1][4:] == ["late", "12.5"]
    rows = table(f'Student,ID,SIS Login ID,Section,{note},Week 1 (44)\n"Lovelace, Ada",1001,ada,A,late,\n')
    with pytest.raises(ClassError, match="say which with --column"):
        filled(platform_called("canvas"), rows, roster, GRADES[:1], {}, zeros=False)
    done = filled(platform_called("canvas"), rows, roster, GRADES[:1], {"01_encoding": note}, zeros=False)
    assert done.table.rows[1][4:] == ["12.5", ""], "whoever says so gets it so"


@pytest.mark.parametrize("titles", [{}, {"01_encoding": "Week 3"}])
def test_a_grade_without_a_column_is_said(roster: Roster, titles: dict[str, str]) -> None:
    rows = table("Student,ID,Section,Week 1 (4),Week 2 (5)\n")
    with pytest.raises(ClassError, match=r"--column '01_encoding=TITLE' \(there are: Week 1 \(4\), Week 2 \(5\)\)"):
        filled(platform_called("canvas"), rows, roster, GRADES[:1], titles, zeros=False)


def test_the_command_knows_all_platforms_that_take_grades() -> None:
    assert {*LMS} == {one.name for one in PLATFORMS if one.grades}


# -- without a roster -------------------------------------------------------------------------------------------------

DOWNLOADS = {
    "moodle": ("Ada Lovelace_4711_assignsubmission_file/00_start_here.ipynb", "Bob_4712_assignsubmission_file/b.ipynb"),
    "canvas": ("lovelaceada_1001_90001_00_start_here.ipynb", "babbagebob_LATE_1002_90002_00_start_here-2.ipynb"),
    "blackboard": (
        "L_ada_attempt_2026-10-18-12-00-00_00_start_here.ipynb",
        "L_bob_attempt_2026-10-18-12-00-00_00_start_here.ipynb",
    ),
}
TABLES = {
    "moodle": (
        "grades-moodle-00_start_here.csv",
        "Identifier",
        "Grade",
        {"Participant 4711": "5", "Participant 4712": "0"},
    ),
    "canvas": ("grades-canvas.csv", "ID", "00_start_here", {"1001": "5", "1002": "0", "": "5"}),
    "blackboard": ("grades-blackboard.csv", "Username", "00_start_here [Total Pts: 5 Score]", {"ada": "5", "bob": "0"}),
}


@pytest.mark.parametrize("name", LMS)
def test_a_platforms_download_in_and_its_grades_out(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for place, notebook in zip(DOWNLOADS[name], (solved("00_start_here"), student("00_start_here")), strict=True):
            archive.writestr(place, json.dumps(notebook))
    arguments = ("grade", tmp_path / "all.zip", "--lms", name, "--out", tmp_path / "out", "--jobs", "1")
    done = here(*arguments, "--unsafe-no-sandbox")
    assert done.returncode == OK, done.stderr
    file, who, grade, wanted = TABLES[name]
    with (tmp_path / "out" / file).open(encoding="utf-8", newline="") as stream:
        assert {row[who]: row[grade] for row in csv.DictReader(stream)} == wanted
    with zipfile.ZipFile(tmp_path / "all.zip", "a") as archive:
        archive.writestr("eve/00_start_here.ipynb", json.dumps(student("00_start_here")))
    done = here(*arguments, "--unsafe-no-sandbox")
    assert done.returncode == NOT_ALL_TAKEN
    assert f"not a name that {name} gives" in done.stderr


def test_what_could_not_be_graded_is_no_zero(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "adal_1001_90001_00_start_here.ipynb").write_text(json.dumps(solved("00_start_here")))
    (tmp_path / "in" / "bobb_1002_90002_00_start_here.ipynb").write_text("{")
    (tmp_path / "in" / "cycy_1003_90003_work.zip").write_text("PK")
    options = ("--out", tmp_path / "out", "--jobs", "1", "--unsafe-no-sandbox", "--lms", "canvas")
    done = here("grade", tmp_path / "in", *options)
    assert done.returncode == NOT_ALL_TAKEN
    assert done.stderr.count("it could not be graded, so it is in no grade file") == 2
    with (tmp_path / "out" / "grades-canvas.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["ID"] for row in csv.DictReader(stream)] == ["", "1001"]


def test_a_part_of_a_batch_writes_no_grade_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in (1001, 1002):
        name = f"somebody_{number}_90001_00_start_here.ipynb"
        (tmp_path / "in" / name).write_text(json.dumps(student("00_start_here")))
    options = ("--out", tmp_path / "out", "--jobs", "1", "--unsafe-no-sandbox", "--lms", "canvas")
    for number in (1, 2):
        assert here("grade", tmp_path / "in", *options, "--shard", f"{number}/2").returncode == OK
    assert not (tmp_path / "out" / "grades-canvas.csv").exists()
    assert here("grade", tmp_path / "in", *options).returncode == OK
    assert (tmp_path / "out" / "grades-canvas.csv").read_text("utf-8").count("somebody") == 2


IN_DOUBT = {
    "another's number in a name": (
        "moodle",
        ["Ada_4711_assignsubmission_file_x_4712_assignsubmission_file_x.ipynb"],
        "another student's",
    ),
    "one number of two": (
        "moodle",
        ["Ada_4711_assignsubmission_file_x.ipynb", "Bob_4711_assignsubmission_file_y.ipynb"],
        "called the same",
    ),
    "one number of two in Canvas": ("canvas", ["ada_1001_90001_x.ipynb", "bob_1001_90002_x.ipynb"], "called the same"),
    "logins with an underscore": (
        "blackboard",
        ["L_ada_x_attempt_2026-10-18-12-00-00_x.ipynb", "L_bob_x_attempt_2026-10-18-12-00-00_x.ipynb"],
        "called the same",
    ),
    "a character that is not shown": (
        "blackboard",
        [
            f"L_{readable(who)}_attempt_2026-10-18-12-00-00_x.ipynb"
            for who in ("ada\u200b", "eve\U0001f600", "\\xfcmit")
        ],
        "has a character that the Report does not",
    ),
    "whom Canvas hides": (
        "canvas",
        ["anon_Kx9fG_90001_x.ipynb", "LATE_anon_Ab2fG_90002_x.ipynb", "anon_12345_90003_x.ipynb"],
        "does not say in it who that is",
    ),
    "a name of one's own": ("canvas", ["ada.ipynb"], "not a name that canvas gives"),
}


@pytest.mark.parametrize("case", IN_DOUBT)
def test_where_it_is_not_sure_whose_row_it_is_there_is_none(case: str) -> None:
    name, places, reason = IN_DOUBT[case]
    files, left_out = by_key(platform_called(name), [HandIn(place, "00_start_here", 5, 5) for place in places])
    assert not [
        row for table in files.values() for row in table.rows[1:] if "5" in row and row[0].strip() != "Points Possible"
    ]
    assert len(left_out) == len(places)
    assert all(reason in one for one in left_out)


def test_a_login_in_its_own_script_has_a_row() -> None:
    places = [readable(f"L_{who}_attempt_2026-10-18-12-00-00_x.ipynb") for who in ("jos\u00e9", "\u5f20\u4f1f")]
    files, left_out = by_key(platform_called("blackboard"), [HandIn(place, "00_start_here", 5, 5) for place in places])
    assert ([row[0] for row in files[""].rows[1:]], left_out) == (["jos\u00e9", "\u5f20\u4f1f"], [])


def test_a_longer_beginning_may_be_half_a_login_and_takes_nobodys_row() -> None:
    places = [f"L_{who}_attempt_2026-10-18-12-00-00_x.ipynb" for who in ("ada", "bob_ada2", "eve")]
    files, (left_out,) = by_key(
        platform_called("blackboard"), [HandIn(place, "00_start_here", 5, 5) for place in places]
    )
    assert [row[0] for row in files[""].rows[1:]] == ["ada", "eve"]
    assert left_out.startswith(places[1])


def test_a_lesson_handed_in_as_another_is_in_no_grade_file() -> None:
    files, left_out = by_key(
        platform_called("canvas"), [HandIn("ada_1001_90001_x.ipynb", "00_start_here", 5, 5, "01_encoding")]
    )
    assert len(files[""].rows) == 2
    assert "was handed in as 01_encoding" in left_out[0]


def test_what_is_in_no_grade_file_hides_no_low_score(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ada_01-Encoding.ipynb").write_text(json.dumps(solved("00_start_here")))
    options = ("--out", tmp_path / "out", "--jobs", "1", "--unsafe-no-sandbox", "--lms", "canvas")
    assert here("grade", tmp_path / "in", *options).returncode == NOT_ALL_TAKEN
    done = here("grade", tmp_path / "in", *options, "--fail-under", "50")
    assert done.returncode == BELOW
    assert "its name says 01_encoding, but the notebook is 00_start_here" in done.stderr


# -- who calls himself like another -----------------------------------------------------------------------------------

CLAIMS = {
    "moodle": ("Ada Lovelace_77_assignsubmission_file/x.ipynb", "Ada.Lovelace_99_assignsubmission_file/x.ipynb"),
    "canvas": ("lovelaceada_555_98765_x.ipynb", "lovelace.ada_666_98765_x.ipynb"),
    "ilias": ("Lovelace_Ada_ada_3/x.ipynb", "Evil_Eve_ada_4/x.ipynb"),
    "github": ("jwt-ada-l/x.ipynb", "jwt-evil-ada-l/x.ipynb"),
    "a group": ("Team Red_9_assignsubmission_file/x.ipynb", "team.red_8_assignsubmission_file/x.ipynb"),
}


@pytest.mark.parametrize("names", CLAIMS.values(), ids=CLAIMS)
def test_whom_a_platform_tells_apart_is_not_one_student(roster: Roster, names: tuple[str, str]) -> None:
    origins = [origin(PurePosixPath(name), roster, BERLIN) for name in names]
    assert origins[0].known == origins[1].known != ()
    assert impostors(origins, ["x", "x"]) == {0, 1}
    assert impostors(origins, ["x", "y"]) == set(), "who hands in twice has another number each time"
    assert impostors(origins[:1] * 2, ["x", "x"]) == set()


def test_whom_a_platform_knows_by_number_is_believed(roster: Roster) -> None:
    names = ("lovelaceada_1001_98765_x.ipynb", "lovelaceada_666_98765_x.ipynb")
    assert impostors([origin(PurePosixPath(name), roster, BERLIN) for name in names], ["x", "x"]) == {1}


@pytest.mark.parametrize("name", ["Eve Evil_4799_assignsubmission_file_t.csv", "evileve_123_456_t.csv"])
def test_a_table_that_a_student_handed_in_says_nothing(tmp_path: Path, name: str) -> None:
    assert _is_handed_in(tmp_path / name, "")
    assert _is_handed_in(tmp_path / "eve-t.csv", r"(?P<student_id>\w+)-.*")
    for table in ("Grades-JWT-Lesson 1--4711.csv", "classroom_grades.csv", "2026-11-28T1000_Grades-JWT_101.csv"):
        assert not _is_handed_in(tmp_path / table, r"(?P<student_id>\w+)_01_encoding")


@pytest.mark.parametrize("text", ["0001-01-01 00:00 +1400", "9999-12-31 23:59 -1400", "2026-02-30 00:00 +0000", "now"])
def test_a_time_that_is_none_in_utc_is_none(text: str) -> None:
    assert seconds(text, "%Y-%m-%d %H:%M %z", None) == 0.0
