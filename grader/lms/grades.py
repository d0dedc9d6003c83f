"""Grades in a form that a learning platform imports: a new file, or the platform's own with the grades filled in."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..checks import chapters, exercises
from ..errors import ClassError
from ..reports.summary import safe_cell
from ..student import readable
from .csvfile import CsvFile
from .platform import Column, GradeFile, Platform, matched
from .roster import Roster, Row, rows_in

_WORKSHEET = "identifier"
"""The column that identifies Moodle's grading worksheet, a file of one assignment; its grades are in `_GRADE`."""
_GRADE = "grade"


@dataclass(frozen=True)
class Grade:
    """The grades of all students for an assignment, or for one of its exercises.

    Attributes:
        name: such as "01_encoding" or "01_encoding b64u_encode".
        points: the maximum.
        scores: by student id; a student who is missing has handed in nothing.
        assignment: which assignment.
    """

    name: str
    points: float
    scores: Mapping[str, float]
    assignment: str


@dataclass(frozen=True)
class Filled:
    """A platform's own file with the grades in it.

    Attributes:
        table: the file.
        missing: students who have grades but are not in the file.
        other_points: the columns' titles whose maximum differs in the file, with that maximum.
    """

    table: CsvFile
    missing: Sequence[str]
    other_points: Mapping[str, float]


def made(platform: Platform, roster: Roster, grades: Sequence[Grade], zeros: bool) -> CsvFile:
    """A new file of a class's grades. No cell of it is a formula.

    Args:
        platform: the platform that will import it.
        roster: who is in the class.
        grades: the columns.
        zeros: whether students who have handed in nothing get 0; else their cells stay empty, which changes no grade.
    """
    form = _form(platform)
    titles = [form.title.format(name=grade.name, points=number(grade.points)) for grade in grades]
    rows = [[*(column.title for column in form.columns), *map(_safe, titles)]]
    if form.points_row:
        rows.append([form.points_row, *("" for _ in form.columns[1:]), *(number(grade.points) for grade in grades)])
    for who, row in sorted(roster.students.items()):
        cells = [_safe(_cell(who, row, column)) for column in form.columns]
        rows.append([*cells, *(_score(grade, who, zeros) for grade in grades)])
    return CsvFile(rows, quoted=form.quoted)


def filled(
    platform: Platform, table: CsvFile, roster: Roster, grades: Sequence[Grade], titles: Mapping[str, str], zeros: bool
) -> Filled:
    """A file that a platform has exported, with the grades filled in; all other cells stay as they are.

    Args:
        platform: the platform that exported it.
        table: the file.
        roster: who is in the class.
        grades: the grades, for each of which the file has a column.
        titles: for grades whose column is not obvious, the column's title by the grade's name.
        zeros: see `made`; a cell that is not empty stays as it is.

    Raises:
        ClassError: a grade has no column in it.
    """
    form = _form(platform)
    places = {grade.name: _place(table, form, grade, titles, len(grades)) for grade in grades}
    rows = [list(row) + [""] * (len(table.rows[0]) - len(row)) for row in table.rows]
    table = replace(table, rows=rows)
    there: set[str] = set()
    point = _decimal_point(table, form)
    for number_of_line, row in rows_in(table, platform):
        who = roster.match(row) or next(iter(roster.called(row.get("name", ""), groups=False)), "")
        if not who:
            continue
        there.add(who)
        for grade in grades:
            cell = rows[number_of_line - 1][places[grade.name]]
            # A mark that somebody gave by hand, or "EX" for excused, is no 0; Moodle writes "-" for none.
            score = _score(grade, who, zeros and cell.strip() in ("", "-"))
            rows[number_of_line - 1][places[grade.name]] = score.replace(".", point) or cell
    graded = sorted({who for grade in grades for who in grade.scores})
    others = {}
    for grade in grades:
        theirs = _points(table, form, places[grade.name])
        if theirs is not None and theirs != grade.points:
            others[table.head[places[grade.name]]] = theirs
    return Filled(table, [who for who in graded if who not in there], others)


@dataclass(frozen=True)
class HandIn:
    """A graded hand-in: its path, its lesson and its score; and the lesson that its name says, if it is another."""

    place: str
    lesson: str
    score: float
    points: float
    expected: str = ""


def by_key(platform: Platform, hand_ins: Sequence[HandIn]) -> tuple[dict[str, CsvFile], list[str]]:
    """Files of grades without a roster: the student is read from the file name that the platform gave the hand-in.

    Args:
        platform: the platform that named the files, and will import the grades.
        hand_ins: what was graded.

    Returns:
        The files by lesson, or one under the name "" if the platform takes several lessons in one file. And a sentence
        on each hand-in of which nobody can say by its name alone whose row it is.
    """
    form, left_out = _form(platform), []
    scores: dict[tuple[str, str], dict[str, float]] = {}
    points: dict[str, float] = {}
    named = [_groups(platform, one.place) for one in hand_ins]
    for one, groups, problem in zip(hand_ins, named, _problems(platform, hand_ins, named), strict=True):
        if problem:
            left_out.append(f"{one.place}: {problem}, so it is in no grade file")
            continue
        person = groups.get("key", ""), groups["who"]
        scores.setdefault(person, {})[one.lesson] = one.score
        points[one.lesson] = one.points
    lessons, alone = sorted(points), any("{score}" in text for _, text in form.by_key)
    files = {}
    for name, those in {lesson: [lesson] for lesson in lessons}.items() if alone else {"": lessons}.items():
        titles = [] if alone else [form.title.format(name=one, points=number(points[one])) for one in those]
        rows = [[*(title for title, _ in form.by_key), *map(_safe, titles)]]
        if form.points_row and not alone:
            rows.append([form.points_row, *[""] * (len(form.by_key) - 1), *(number(points[one]) for one in those)])
        for (key, who), found in sorted(scores.items()):
            cells = {one: number(found[one]) if one in found else "" for one in those}
            if any(cells.values()):
                filled_in = {"key": key, "name": who, "score": cells[those[0]]}
                texts = (text.format(**filled_in) for _, text in form.by_key)
                rows.append([*map(_safe, texts), *(cells.values() if not alone else ())])
        files[name] = CsvFile(rows, quoted=form.quoted)
    return files, left_out


def _groups(platform: Platform, place: str) -> dict[str, str]:
    """What a platform's own name for a hand-in says; empty if it is not named by this platform."""
    top, folder, _ = place.partition("/")
    return matched(platform, top if folder else re.sub(r"\.(ipynb|zip)$", "", top, flags=re.IGNORECASE))


def _problems(platform: Platform, hand_ins: Sequence[HandIn], named: Sequence[Mapping[str, str]]) -> list[str]:
    """For each hand-in why it has no row; "" if it has one.

    People choose what some platforms call them. So what can be read as another student's claims nobody's row.
    """
    problems = [_problem_alone(platform, one, groups) for one, groups in zip(hand_ins, named, strict=True)]
    fine = [(one.lesson, groups) for one, groups, bad in zip(hand_ins, named, problems, strict=True) if not bad]
    rows = Counter((lesson, _row(groups)) for lesson, groups in fine)
    heads: dict[str, str] = {}  # the assignment's name on the platform; a longer one ends in a part of a login
    for lesson, groups in fine:
        heads[lesson] = min(heads.get(lesson, groups.get("head", "")), groups.get("head", ""), key=len)
    for index, (one, groups) in enumerate(zip(hand_ins, named, strict=True)):
        if problems[index]:
            continue
        if rows[one.lesson, _row(groups)] > 1:
            problems[index] = "another hand-in is called the same there"
        elif groups.get("head", "").startswith(f"{heads[one.lesson]}{platform.splits}") and platform.splits:
            problems[index] = "it does not say where a name begins; `grader class grades` knows by the roster"
    return problems


def _problem_alone(platform: Platform, one: HandIn, groups: Mapping[str, str]) -> str:
    if not groups:
        return f"not a name that {platform.name} gives"
    if one.expected:
        return f"it is {one.lesson}, and was handed in as {one.expected}"
    if not groups.get("key") and any("{key}" in text for _, text in _form(platform).by_key):
        return f"{platform.title} does not say in it who that is"
    if any(name.startswith("last ") for name in groups):
        return "its name can be read as another student's, too"
    if "\\" in _row(groups):  # the Report has an escape where a character can't be in an id
        return "its name has a character that the Report does not; `grader class grades` writes it"
    return ""


def _row(groups: Mapping[str, str]) -> str:
    """What a platform finds the row by: its number for somebody; without one, the name."""
    return groups.get("key") or groups["who"]


def number(value: float) -> str:
    """A number of points, with at most two decimals."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


def _form(platform: Platform) -> GradeFile:
    assert platform.grades, platform.name
    return platform.grades


def _cell(who: str, row: Row, column: Column) -> str:
    if column.field == "name":
        return ", ".join(filter(None, (row.get("last_name"), row.get("first_name")))) or who
    return row.get(column.field, "") or (who if column.field == "login" else "")


def _safe(text: str) -> str:
    return str(safe_cell(text))


def _score(grade: Grade, who: str, zeros: bool) -> str:
    score = grade.scores.get(who, 0.0 if zeros else None)
    return "" if score is None else number(score)


def _decimal_point(table: CsvFile, form: GradeFile) -> str:
    """What a file has in its numbers before the decimals: a comma, if that is in some of them, and a dot in none."""
    maxima = [found[1] for title in table.head if (found := re.search(form.points_in_title or r"(?!)", title))]
    texts = [*maxima, *(cell.strip() for row in table.rows[1:] for cell in row)]
    numbers = [text for text in texts if re.fullmatch(r"\d+[.,]\d{1,2}", text)]
    return "," if numbers and not any("." in text for text in numbers) else "."


def _place(table: CsvFile, form: GradeFile, grade: Grade, titles: Mapping[str, str], count: int) -> int:
    """The index of a grade's column."""
    head = table.head
    folded = [title.casefold() for title in head]
    if _WORKSHEET in folded and _GRADE in folded and count == 1 and grade.name not in titles:
        return folded.index(_GRADE)
    known = {column.title.casefold() for column in form.columns}
    places = [place for place, title in enumerate(folded) if title not in known]
    if grade.name not in titles:  # a column of notes has no number, where those of grades have one
        places = [place for place in places if _bare(head[place], form) != head[place]] or places
    wanted = titles.get(grade.name, grade.name)
    tests: tuple[Callable[[str], bool], ...] = (
        lambda title: title == wanted,
        lambda title: _bare(title, form) == wanted,
        lambda title: _words(_bare(title, form)) == _words(wanted),
        lambda title: _is_of_all(_words(_bare(title, form)), grade),
    )
    for test in tests:
        found = [place for place in places if test(head[place])]
        if len(found) == 1:
            return found[0]
    there = ", ".join(readable(title) for title in head if title.casefold() not in known)
    raise ClassError(
        f"no column for {grade.name} in the file, or several; say which with --column '{grade.name}=TITLE' "
        f"(there are: {there})"
    )


def _is_of_all(title: str, grade: Grade) -> bool:
    """Whether a title names the grade's lesson as a whole, not one of its exercises."""
    if grade.name != grade.assignment or _words(grade.name) not in title:
        return False
    parts = [one.name for one in exercises(grade.assignment)] if grade.assignment in chapters() else []
    return not any(_words(part) in title for part in (*parts, "answer"))


def _bare(title: str, form: GradeFile) -> str:
    """A title without the number and points that a platform adds."""
    title = re.sub(form.points_in_title + r".*", "", title) if form.points_in_title else title
    return re.sub(r"\s*(\(\d+\)|\|\d+)\s*$", "", title).strip()


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _points(table: CsvFile, form: GradeFile, place: int) -> float | None:
    """A column's maximum on the platform, if the file says so."""
    folded = [title.casefold() for title in table.head]
    texts = []
    if form.points_in_title and (found := re.search(form.points_in_title, table.head[place])):
        texts.append(found[1])
    if form.points_row:
        texts += [row[place] for row in table.rows[1:4] if row and row[0].strip() == form.points_row.strip()]
    if form.points_column in folded and len(table.rows) > 1:
        texts.append(table.rows[1][folded.index(form.points_column)])
    for text in texts:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            continue
    return None
