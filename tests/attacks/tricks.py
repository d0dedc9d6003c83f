"""The submissions in which the file, folder, zip or metadata is the attack; and honest ones that other programs saved.

A function marked `edit` changes a notebook; one marked `trick` writes the submission itself and returns its path. The
arguments of both decorators are those of a file's front matter (see `corpus`).
"""

import copy
import json
import os
import socket
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from tests.attacks.corpus import Attack, Places, changed, edition_of, expectation, index_of, student_folder
from tests.grader.helpers import cell_of, code, position, stripped, write

_found: list[Attack] = []
SCRIPT = "<script>alert('title')</script>"


def attacks() -> list[Attack]:
    """Every attack of this module."""
    return list(_found)


def trick(category: str, about: str, base: str = "solved 01_encoding", needs_root: bool = False, **matter: str) -> Any:
    """Mark a function `(submissions, folder's name, places) -> path` as an attack."""
    chapter = base.partition(" ")[2]

    def mark(function: Callable[[Path, str, Places], Path]) -> Any:
        name = function.__name__
        folder = matter.get("student", name)

        def make(submissions: Path, places: Places) -> Path:
            return function(submissions, folder, places)

        expect = expectation(matter, category, chapter)
        _found.append(Attack(name, category, about, chapter, folder, expect, make, needs_root, "costs" in matter))
        return function

    return mark


def edit(category: str, about: str, base: str = "solved 01_encoding", **matter: str) -> Any:
    """Mark a function that changes a notebook, or returns another notebook or a text, as an attack."""
    edition, _, chapter = base.partition(" ")

    def mark(function: Callable[[Any], Any]) -> Any:
        def make(submissions: Path, folder: str, places: Places) -> Path:
            notebook = edition_of(edition, chapter)
            result = function(notebook)
            target = student_folder(submissions, folder)
            if not isinstance(result, (str, bytes)):
                return write(target, notebook if result is None else result, f"{chapter}.ipynb")
            path = target / f"{chapter}.ipynb"
            path.write_bytes(result if isinstance(result, bytes) else result.encode("utf-8"))
            return path

        make.__name__ = function.__name__
        trick(category, about, base, **matter)(make)
        return function

    return mark


def text_of(notebook: Any) -> str:
    """The notebook as a file's text."""
    return json.dumps(notebook)


# -- metadata ---------------------------------------------------------------------------------------------------------


@edit("skip", "the check cells are tagged skip-execution", "student 01_encoding", score="0")
def skip_execution_tag(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            cell.metadata.tags = ["skip-execution", "raises-exception"]


@edit("skip", "the check cells become raw cells", "student 01_encoding", score="0")
def checks_made_raw(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            cell.cell_type = "raw"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)


@edit("skip", "the check cells are deleted", "student 01_encoding", score="0")
def checks_deleted(notebook: Any) -> None:
    notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith("check(")]


@edit("skip", "the check cells stand before the solutions", "student 01_encoding", score="0")
def checks_first(notebook: Any) -> None:
    notebook.cells.sort(key=lambda cell: not cell.source.startswith("check("))


@edit("metadata", "a check is worth 1000 points", score="25")
def points_changed(notebook: Any) -> None:
    for cell in notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 1000


@edit("metadata", "points that are no numbers, negative, infinite", score="25")
def points_that_are_no_numbers(notebook: Any) -> None:
    odd = iter([-5, "10", None, 1e400, [], {}])
    for cell in notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = next(odd)


@edit("metadata", "solutions become Markdown, texts become code", score="at most 25")
def cell_types_changed(notebook: Any) -> None:
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            cell.cell_type = "markdown" if cell.cell_type == "code" else "code"
            marks.cell_type = cell.cell_type


@edit("metadata", "a check's id occurs twice", score="25")
def duplicate_check_id(notebook: Any) -> None:
    twin = copy.deepcopy(cell_of(notebook, "b64u_encode-check"))
    twin.id = "twin"
    notebook.cells.append(twin)


@edit("metadata", "a solution's id occurs twice, and the second one is right", "student 01_encoding", score="5")
def duplicate_solution_id(notebook: Any) -> None:
    twin = copy.deepcopy(cell_of(notebook, "b64u_encode"))
    twin.id = "twin"
    twin.source = 'def b64u_encode(data):\n    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()'
    notebook.cells.append(twin)


@edit("metadata", "the checks are not to be graded", "student 01_encoding", score="0")
def grade_false(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.update(grade=False, locked=False)


@edit("metadata", "a cell that the course does not know claims points", score="25")
def unknown_id(notebook: Any) -> None:
    cell = code("25")
    cell.metadata = copy.deepcopy(cell_of(notebook, "b64u_encode-check").metadata)
    cell.metadata.nbgrader.update(grade_id="bonus", points=100)
    notebook.cells.append(cell)


@edit("metadata", "ids with paths, quotes, ANSI sequences and HTML in them", score="at most 25")
def hostile_ids(notebook: Any) -> None:
    odd = ["../../x", "\x1b[31mred\x1b]0;title\x07", SCRIPT, "' or 1=1 --", "=1+1", "a" * 5000, "\u202e", ""]
    for cell, grade_id in zip((c for c in notebook.cells if "nbgrader" in c.metadata), odd, strict=False):
        cell.metadata.nbgrader.grade_id = cell.id = grade_id


@edit("metadata", "the ids of solutions and checks have changed places", "student 01_encoding", score="at most 5")
def ids_swapped(notebook: Any) -> None:
    for name in ("b64u_encode", "b64u_decode"):
        solution, check = cell_of(notebook, name), cell_of(notebook, f"{name}-check")
        solution.metadata, check.metadata = check.metadata, solution.metadata


@edit("metadata", "schema_version 99", score="25")
def schema_version_99(notebook: Any) -> None:
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.schema_version = 99


@edit("metadata", "nbformat 99", score="at most 25", status="graded | unreadable")
def nbformat_99(notebook: Any) -> None:
    notebook.nbformat = 99


@edit("metadata", "nbformat 3, with worksheets", score="0", status="unreadable")
def nbformat_3(notebook: Any) -> Any:
    cells = [{"cell_type": c.cell_type, "input": c.source, "language": "python", "outputs": []} for c in notebook.cells]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


@edit(
    "metadata", "values of odd types in every place", score="at most 25", status="graded | not attempted | unreadable"
)
def odd_types(notebook: Any) -> Any:
    odd = [None, 5, [], "text", {"nbgrader": []}, {"nbgrader": {"grade_id": ["x"]}}, True]
    for number, cell in enumerate(notebook.cells):
        if "nbgrader" not in cell.metadata:
            cell.metadata = odd[number % len(odd)]
            cell["outputs"], cell["execution_count"] = odd[(number + 1) % len(odd)], {"a": 1}
    notebook.cells[0].source = {"a": 1}
    notebook["metadata"] = [1, 2]
    return notebook


@edit("metadata", "a kernel of another name and language", score="25")
def strange_kernel(notebook: Any) -> None:
    notebook.metadata.kernelspec = {"name": "../../../bin/sh", "display_name": SCRIPT, "language": "bash"}
    notebook.metadata.language_info = {"name": "bash", "file_extension": "/../../x", "mimetype": SCRIPT}


@edit("metadata", "the title, the authors and the chapter are HTML, paths and another lesson's", score="25")
def strange_notebook_metadata(notebook: Any) -> None:
    notebook.metadata.title = SCRIPT
    notebook.metadata.authors = [{"name": SCRIPT}]
    notebook.metadata.jwt_from_scratch = {"chapter": "../../99_nothing", "score": 25, "student": "neighbour"}


@edit("metadata", "100,000 cells", "student 01_encoding", score="0", status="unreadable", says="cells")
def hundred_thousand_cells(notebook: Any) -> str:
    extra = ',{"cell_type":"code","metadata":{},"outputs":[],"source":"1","execution_count":null}' * 100_000
    return text_of(notebook).replace('], "metadata"', extra + '], "metadata"', 1)


@edit("metadata", "2,000 solution cells of the same name", score="at most 25", status="graded | unreadable")
def two_thousand_twins(notebook: Any) -> None:
    twin = cell_of(notebook, "b64u_encode")
    notebook.cells += [code(twin.source + f"\n# {number}") for number in range(1_900)]


@edit("metadata", "arrays a million deep", score="0", status="unreadable")
def deep_nesting(notebook: Any) -> str:
    return text_of(notebook)[:-1] + ', "deep": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}"


@edit(
    "metadata",
    "outputs 900 deep, which a parser takes and a walk may not",
    score="at most 25",
    status="graded | unreadable",
)
def deep_outputs(notebook: Any) -> str:
    deep = '{"a":' * 900 + "1" + "}" * 900
    return text_of(notebook)[:-1].replace('"outputs": []', f'"outputs": [{deep}]', 1) + "}"


@edit("metadata", "half of a notebook", score="0", status="unreadable")
def broken_json(notebook: Any) -> str:
    text = text_of(notebook)
    return text[: len(text) // 2]


@edit("metadata", "an empty file", score="0", status="unreadable")
def empty_file(notebook: Any) -> str:
    return ""


@edit("metadata", "bytes that are not UTF-8", score="0", status="unreadable")
def not_utf_8(notebook: Any) -> bytes:
    return text_of(notebook).encode("utf-16")


@edit(
    "metadata",
    "JSON with duplicate names, NaN and a number of 5,000 digits",
    score="at most 25",
    status="graded | unreadable | not attempted",
)
def json_of_two_meanings(notebook: Any) -> str:
    text = text_of(notebook)
    return '{"cells": [], "x": NaN, "y": ' + "9" * 5_000 + ", " + text[1:-1] + ', "metadata": {}}'


@trick("metadata", "a file of 200 MB", score="0", status="unreadable", says="larger")
def two_hundred_megabytes(submissions: Path, folder: str, places: Places) -> Path:
    path = student_folder(submissions, folder) / "01_encoding.ipynb"
    with path.open("wb") as file:
        file.write(b'{"cells": [')
        file.truncate(200_000_000)
    return path


# -- parser -----------------------------------------------------------------------------------------------------------


def _source(notebook: Any, text: str) -> None:
    cell_of(notebook, "json_loads_strict").source = text


@edit("parser", "expressions nested 100,000 deep", score="15")
def nested_brackets(notebook: Any) -> None:
    _source(notebook, "def json_loads_strict(data):\n    return " + "(" * 100_000 + ")" * 100_000)


@edit("parser", "a chain of 100,000 minus signs", score="15")
def chain_of_signs(notebook: Any) -> None:
    _source(notebook, "def json_loads_strict(data):\n    return " + "-" * 100_000 + "1")


@edit("parser", "a chain of 100,000 additions", score="15")
def chain_of_additions(notebook: Any) -> None:
    _source(notebook, "def json_loads_strict(data):\n    return " + "1+" * 100_000 + "1")


@edit("parser", "a chain of 100,000 attributes and calls", score="15")
def chain_of_attributes(notebook: Any) -> None:
    _source(notebook, "def json_loads_strict(data):\n    return data" + ".a()" * 100_000)


@edit("parser", "deeply nested blocks, comprehensions, lambdas and f-strings in extra cells", score="at most 25")
def deep_extra_cells(notebook: Any) -> None:
    notebook.cells += [
        code("".join(" " * depth + "if 1:\n" for depth in range(99)) + " " * 99 + "pass"),
        code("x = " + "[i for i in " * 500 + "[]" + "]" * 500),
        code("x = " + "lambda: " * 5_000 + "1"),
        code("x = " + "f'{" * 150 + "1" + "}'" * 150),
        code("x = " + "{1:" * 5_000 + "1" + "}" * 5_000),
        code("x = 1" + " if 1 else 1" * 20_000),
        code("x = " + "not " * 50_000 + "1"),
    ]


@edit("parser", "one line of a megabyte", score="15")
def line_of_a_megabyte(notebook: Any) -> None:
    _source(notebook, "def json_loads_strict(data):\n    return '" + "x" * 2_000_000 + "'")


@edit("parser", "two megabytes of source that takes a parser long", score="25", seconds="20", costs="much")
def megabytes_to_parse(notebook: Any) -> None:
    notebook.cells += [code("x = [" + "[]," * 330_000 + ")") for _ in range(2)]


@edit("parser", "zero bytes in the source", score="15")
def zero_bytes(notebook: Any) -> None:
    _source(notebook, "def json_loads_strict(data):\n    return '\0'\0")
    notebook.cells.insert(0, code("\0"))


@edit("parser", "lone halves of characters, as JSON can write them", score="15")
def lone_surrogates(notebook: Any) -> None:
    _source(notebook, "def json_loads_strict(data):\n    return '\ud800'  # \udfff")
    notebook.cells.insert(0, code("print('\udc80')"))


@edit("parser", "100,000 functions in one cell", score="at most 25")
def many_functions(notebook: Any) -> None:
    lines = [f"def f{number}(): pass" for number in range(30_000)]
    notebook.cells.append(code("\n".join(lines)))


@edit(
    "parser",
    "a cell that only defines the exercise for a parser: in a string, under `if`, by assignment",
    "student 01_encoding",
    score="at most 5",
)
def names_in_odd_places(notebook: Any) -> None:
    notebook.cells.insert(0, code("if True:\n    def b64u_encode(data):\n        return 'wrong'"))
    notebook.cells.append(code("b64u_encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b'=').decode()"))


# -- overfitting ------------------------------------------------------------------------------------------------------


@edit(
    "fake", "a table of the answers to all inputs of the seed that a learner alone meets", "student 02_hmac", score="0"
)
def table_for_the_known_seed(notebook: Any) -> None:
    from grader import checks
    from grader.judging.wants import Returns

    exercise = checks.exercise_named("hmac_sha256")
    assert exercise is not None
    wanted = {trial.args: trial.want for trial in exercise.trials("self-paced")}
    answers = {args: want.value for args, want in wanted.items() if isinstance(want, Returns)}
    assert len(answers) > 10
    source = f"TABLE = {answers!r}\n\n\ndef hmac_sha256(key, message):\n    return TABLE[key, message]\n"
    cell_of(notebook, "hmac_sha256").source = source


@edit("forge", "saved outputs of the check cells claim full marks", "student 01_encoding", score="0")
def saved_outputs(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            data = {"text/plain": "10", "text/html": "<b>10 / 10</b>"}
            cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
            cell.execution_count = 1


# -- files ------------------------------------------------------------------------------------------------------------


def _notebook(submissions: Path, folder: str, source: str = "", edition: str = "solved") -> Path:
    """A plain submission; with `source` in the cell of json_loads_strict."""
    text = f"# %% json_loads_strict\n{source}\n" if source else ""
    return write(student_folder(submissions, folder), changed(edition, "01_encoding", text), "01_encoding.ipynb")


def _zip(submissions: Path, folder: str, members: dict[str | zipfile.ZipInfo, bytes]) -> Path:
    path = submissions / f"{folder}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _good() -> bytes:
    return text_of(edition_of("solved", "01_encoding")).encode()


UNREADABLE = {"score": "0", "status": "unreadable"}
ANY = {"score": "at most 25", "status": "graded | not attempted | unreadable"}


@trick("files", "a link to a neighbour's solved notebook", **UNREADABLE)
def link_to_a_neighbour(submissions: Path, folder: str, places: Places) -> Path:
    path = student_folder(submissions, folder) / "01_encoding.ipynb"
    path.symlink_to(places.values["NEIGHBOUR"])
    return path


@trick("files", "a link to a secret file of the teacher", **UNREADABLE)
def link_to_a_secret(submissions: Path, folder: str, places: Places) -> Path:
    path = student_folder(submissions, folder) / "01_encoding.ipynb"
    path.symlink_to(places.values["CANARY_FILE"])
    return path


@trick("files", "the student's folder is a link to a neighbour's", **UNREADABLE)
def folder_is_a_link(submissions: Path, folder: str, places: Places) -> Path:
    (submissions / folder).symlink_to(Path(places.values["NEIGHBOUR"]).parent)
    return submissions / folder / "01_encoding.ipynb"


@trick("files", "links that go round in a circle, to nothing, to /dev/zero, to the folder above", **UNREADABLE)
def links_in_a_circle(submissions: Path, folder: str, places: Places) -> Path:
    place = student_folder(submissions, folder)
    (place / "a").symlink_to("b")
    (place / "b").symlink_to("a")
    (place / "up").symlink_to("..")
    (place / "02_hmac.ipynb").symlink_to("/dev/zero")
    (place / "01_encoding.ipynb").symlink_to("a")
    return place / "01_encoding.ipynb"


@trick("files", "a hard link to a secret file of the teacher", **UNREADABLE)
def hard_link_to_a_secret(submissions: Path, folder: str, places: Places) -> Path:
    path = student_folder(submissions, folder) / "01_encoding.ipynb"
    os.link(places.values["CANARY_FILE"], path)
    return path


@trick("files", "a pipe that nobody writes to", **UNREADABLE)
def named_pipe(submissions: Path, folder: str, places: Places) -> Path:
    path = student_folder(submissions, folder) / "01_encoding.ipynb"
    os.mkfifo(path)
    return path


@trick("files", "a unix socket", **UNREADABLE)
def unix_socket(submissions: Path, folder: str, places: Places) -> Path:
    path = student_folder(submissions, folder) / "01_encoding.ipynb"
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's path has at most 107 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(here)
    return path


@trick("files", "a device that never ends", needs_root=True, **UNREADABLE)
def endless_device(submissions: Path, folder: str, places: Places) -> Path:
    path = student_folder(submissions, folder) / "01_encoding.ipynb"
    os.mknod(path, 0o644 | stat.S_IFCHR, os.makedev(1, 5))
    return path


@trick("files", "a folder with the name of a notebook, with a good one in it", **ANY)
def folder_called_notebook(submissions: Path, folder: str, places: Places) -> Path:
    path = student_folder(submissions, folder) / "01_encoding.ipynb"
    path.mkdir()
    (path / "x.ipynb").write_bytes(_good())
    return path


@trick(
    "skip", "modules and start-up files that shadow real ones lie beside the notebook", "student 01_encoding", score="0"
)
def shadowing_files(submissions: Path, folder: str, places: Places) -> Path:
    path = _notebook(submissions, folder, edition="student")
    canary = f"open({places.values['OUTSIDE'] + '/shadowing_files'!r}, 'w').write('BREACH-shadowing_files')\n"
    names = (
        "grader",
        "jwt",
        "sitecustomize",
        "usercustomize",
        "conftest",
        "base64",
        "json",
        "IPython",
        "nbgrader_config",
    )
    for name in names:
        (path.parent / f"{name}.py").write_text(
            canary + "check = check_all = hint = picture = progress = submit = print\n"
        )
    (path.parent / "x.pth").write_text(f"import os; {canary}")
    (path.parent / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (path.parent / "grader").mkdir()
    (path.parent / "grader" / "__init__.py").write_text(
        canary + "check = check_all = hint = progress = submit = print\n"
    )
    return path


@trick("forge", "receipts and Reports of somebody else lie beside the notebook", "student 01_encoding", score="0")
def foreign_receipts(submissions: Path, folder: str, places: Places) -> Path:
    path = _notebook(submissions, folder, edition="student")
    report = {"submission": str(path), "chapter": "01_encoding", "score": 25, "max_score": 25, "status": "graded"}
    for name in (
        "report.json",
        "01_encoding.json",
        "results.json",
        "receipt.jwt",
        "01_encoding.receipt",
        ".progress.json",
    ):
        (path.parent / name).write_text(json.dumps({**report, "b64u_encode": 5}))
    (path.parent / "reports").mkdir()
    (path.parent / "reports" / "01_encoding.json").write_text(json.dumps(report))
    return path


@trick("files", "a zip whose members climb out of their folder", **ANY)
def zip_slip(submissions: Path, folder: str, places: Places) -> Path:
    up = "../" * 12
    outside = places.values["OUTSIDE"]
    names = (f"{up}{outside}/zip_slip", "../zip_slip.txt", "..\\..\\zip_slip.txt", f"a/../../../{folder}.txt")
    return _zip(submissions, folder, {"01_encoding.ipynb": _good(), **dict.fromkeys(names, b"BREACH-zip_slip")})


@trick("files", "a zip with absolute names", **ANY)
def zip_with_absolute_names(submissions: Path, folder: str, places: Places) -> Path:
    outside = places.values["OUTSIDE"]
    return _zip(
        submissions,
        folder,
        {f"{outside}/zip_with_absolute_names": b"BREACH", f"{outside}/01_encoding.ipynb": _good(), "C:\\x.ipynb": b"x"},
    )


@trick("files", "a zip of a megabyte that holds a gigabyte", **UNREADABLE)
def zip_bomb(submissions: Path, folder: str, places: Places) -> Path:
    path = submissions / f"{folder}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("01_encoding.ipynb", "w") as member:
        for _ in range(1_000):
            member.write(bytes(1_000_000))
    return path


@trick("files", "a zip that lies about the sizes of its members", **UNREADABLE)
def zip_that_lies(submissions: Path, folder: str, places: Places) -> Path:
    path = submissions / f"{folder}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("01_encoding.ipynb", bytes(100_000_000))
    data = path.read_bytes().replace(struct.pack("<I", 100_000_000), struct.pack("<I", 1_000))
    path.write_bytes(data)
    return path


@trick("files", "a zip whose notebook is a link to a secret, and one to a folder", **UNREADABLE)
def zip_with_links(submissions: Path, folder: str, places: Places) -> Path:
    def link(name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        return info

    secret = places.values["CANARY_FILE"].encode()
    return _zip(submissions, folder, {link("01_encoding.ipynb"): secret, link("folder"): b"/", "folder/x": b"x"})


@trick(
    "files",
    "a zip with two notebooks of one name, the second one right",
    score="at most 25",
    status="graded | not attempted | unreadable",
)
def zip_with_duplicates(submissions: Path, folder: str, places: Places) -> Path:
    path = submissions / f"{folder}.zip"
    student = text_of(edition_of("student", "01_encoding"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("01_encoding.ipynb", student)
        archive.writestr("01_encoding.ipynb ", _good())
        archive.writestr("./01_encoding.ipynb", _good())
    data = path.read_bytes().replace(b"01_encoding.ipynb ", b"01_encoding.ipynb\0")
    path.write_bytes(data)
    return path


@trick("files", "a zip of 3,000 notebooks and zips in zips, each worth a Report", **ANY)
def zip_of_many(submissions: Path, folder: str, places: Places) -> Path:
    inner = _zip(submissions, "inner", {"01_encoding.ipynb": _good()})
    data = inner.read_bytes()
    inner.unlink()
    return _zip(submissions, folder, {"in.zip": data, **{f"{n:05}.ipynb": b"" for n in range(3_000)}})


@trick("files", "a zip of two megabytes with a hundred notebooks of 20 MB in it", **ANY)
def zip_of_bombs(submissions: Path, folder: str, places: Places) -> Path:
    return _zip(submissions, folder, {f"{n}.ipynb": b" " * 20_000_000 for n in range(100)})


@trick("files", "a zip that is cut off, encrypted by its flag, or none at all", **UNREADABLE)
def zip_that_is_broken(submissions: Path, folder: str, places: Places) -> Path:
    path = _zip(submissions, folder, {"01_encoding.ipynb": _good()})
    data = bytearray(path.read_bytes())
    for place in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        data[place] |= 1
    path.write_bytes(bytes(data))
    return path


@trick("files", "no zip at all, but a notebook called one", **UNREADABLE)
def zip_that_is_none(submissions: Path, folder: str, places: Places) -> Path:
    path = submissions / f"{folder}.zip"
    path.write_bytes(_good())
    return path


@trick("files", "a zip with names of control characters, HTML, formulas and 5,000 letters", **ANY)
def zip_with_hostile_names(submissions: Path, folder: str, places: Places) -> Path:
    names = ("\x1b[31m.ipynb", f"{SCRIPT}.ipynb", "=1+1.ipynb", "x" * 5_000 + ".ipynb", "\u202egpj.ipynb", "-rf.ipynb")
    return _zip(submissions, folder, dict.fromkeys(names, b"{}") | {"01_encoding.ipynb": _good()})


@trick(
    "files",
    "the same name as a folder's, so that both Reports would have one place",
    "student 01_encoding",
    score="0",
    status="not attempted | not taken",
    student="twin",
)
def twin_as_zip(submissions: Path, folder: str, places: Places) -> Path:
    return _zip(submissions, folder, {"01_encoding.ipynb": text_of(edition_of("student", "01_encoding")).encode()})


@trick("files", "the same name as a zip's", student="twin", score="at most 25", status="graded | not taken")
def twin_as_folder(submissions: Path, folder: str, places: Places) -> Path:
    return _notebook(submissions, folder)


@trick(
    "files",
    "one name in two spellings of Unicode, composed",
    student="Zo\u00eb",
    score="at most 25",
    status="graded | not taken",
)
def composed_name(submissions: Path, folder: str, places: Places) -> Path:
    return _notebook(submissions, folder)


@trick(
    "files",
    "one name in two spellings of Unicode, decomposed",
    "student 01_encoding",
    student="Zoe\u0308",
    score="0",
    status="not attempted | not taken",
)
def decomposed_name(submissions: Path, folder: str, places: Places) -> Path:
    return _notebook(submissions, folder, edition="student")


@trick("files", "names that a flat file name would merge, a", student="merge a_b")
def merging_name_one(submissions: Path, folder: str, places: Places) -> Path:
    return _notebook(submissions, folder)


@trick("files", "names that a flat file name would merge, b", "student 01_encoding", score="0", student="merge_a b")
def merging_name_two(submissions: Path, folder: str, places: Places) -> Path:
    return _notebook(submissions, folder, edition="student")


@trick("files", "names that differ only in case, a", student="CaseTwin")
def case_twin_one(submissions: Path, folder: str, places: Places) -> Path:
    return _notebook(submissions, folder)


@trick("files", "names that differ only in case, b", "student 01_encoding", score="0", student="casetwin")
def case_twin_two(submissions: Path, folder: str, places: Places) -> Path:
    return _notebook(submissions, folder, edition="student")


def _named(name: str, folder: str, about: str) -> None:
    def make(submissions: Path, folder: str, places: Places) -> Path:
        return _notebook(submissions, folder)

    make.__name__ = name
    trick("rendering", about, student=folder, score="0", status="not taken", says="can't be an id")(make)


_named("name_is_html", "<img src=x onerror=alert('name')>", "a student whose name is HTML")
_named("name_is_a_formula", '=HYPERLINK("x","y")', "a student whose name is a formula")
_named("name_is_a_command", "+cmd|' -C calc'!A0", "a student whose name is a command to a spreadsheet")
_named("name_with_at", "@SUM(1+1)*cmd", "a student whose name begins with @")
_named("name_is_an_option", "--json=x", "a student whose name is an option")
_named("name_with_controls", "\x1b[31mred\x1b[0m\ttab", "a student whose name has terminal sequences")
_named("name_with_line_break", "line\nbreak,1,2\r\n25", "a student whose name is a row of a table")
_named("name_right_to_left", "ada\u202egpj.\u2066", "a student whose name is written from right to left")
_named("name_not_utf_8", os.fsdecode(b"caf\xe9"), "a student whose name is not UTF-8")
_named("name_very_long", "n" * 250, "a student whose name has 250 letters")
_named("name_of_markup", "[red]x[bold] %s {0} $HOME `id`", "a student whose name is markup and a command")
_named("name_is_a_path", "x%2f..%2f..%2fetc", "a student whose name is an encoded path")


# -- what costs the grader itself ------------------------------------------------------------------------------------


PICTURE = """
import base64, os, struct, zlib
from IPython.display import display

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

def picture():
    rows = b"".join(b"\\0" + os.urandom(3 * 150) for _ in range(150))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 150, 150, 8, 2, 0, 0, 0))
    data = b"\\x89PNG\\r\\n\\x1a\\n" + head + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")
    display({"image/png": base64.b64encode(data).decode(), "text/plain": "p"}, raw=True)
"""


@edit("resources", "a picture of 90 KB in each of 500 cells, from a notebook of 60 KB", score="25")
def pictures_in_every_cell(notebook: Any) -> None:
    notebook.cells += [code(PICTURE), *(code("picture()") for _ in range(500))]


@edit("resources", "20,000 characters in each of 1,800 cells", score="25")
def text_in_every_cell(notebook: Any) -> None:
    notebook.cells += [code("print('x' * 20_000)") for _ in range(1_800)]


@edit("resources", "fifty outputs in each of 500 cells", score="25")
def outputs_in_every_cell(notebook: Any) -> None:
    show = "from IPython.display import display\nfor _ in range(50):\n    display({'text/plain': 'x'}, raw=True)"
    notebook.cells += [code(show) for _ in range(500)]


@edit("parser", "1,200,000 characters of code, in cells that each may be parsed", score="25")
def code_in_many_cells(notebook: Any) -> None:
    notebook.cells += [code(f"x = '{'x' * 90_000}'") for _ in range(14)]


@edit("metadata", "1,200,000 empty lists in the metadata", score="0", status="unreadable", says="more data")
def lists_in_the_metadata(notebook: Any) -> None:
    notebook.metadata["lists"] = [[]] * 1_200_000


@edit("metadata", "nine megabytes of short texts in the metadata", score="25")
def texts_in_the_metadata(notebook: Any) -> None:
    notebook.metadata["texts"] = [f"{number:06x}" for number in range(900_000)]


@edit("rendering", "a solution of 90,000 empty lines, for whoever lays solutions side by side", score="25")
def solution_of_empty_lines(notebook: Any) -> None:
    cell_of(notebook, "json_loads_strict").source += "\n" * 90_000


@edit("rendering", "a cell of four million empty lines, for whoever writes a notebook line by line", score="25")
def cell_of_empty_lines(notebook: Any) -> None:
    notebook.cells.append(code("x = '''" + "\n" * 4_400_000 + "'''"))


@edit("rendering", "an answer of four million empty lines", score="25")
def answer_of_empty_lines(notebook: Any) -> None:
    notebook.cells[index_of(notebook, "01_encoding", "answer")].source += "\n" * 4_400_000 + "x"


def _table_of_contents(count: int) -> bytes:
    """A zip file that consists only of a central directory, with many entries for the same file."""
    entry = (
        struct.pack("<4s4B4H3L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0) + b"a.ipynb"
    )
    shown = min(count, 0xFFFF)
    size = len(entry) * count
    return entry * count + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, shown, shown, size, 0, 0)


@trick("files", "a zip with 300,000 files in its table of contents", says="table of contents", **UNREADABLE)
def zip_of_a_long_table(submissions: Path, folder: str, places: Places) -> Path:
    path = submissions / f"{folder}.zip"
    path.write_bytes(_table_of_contents(300_000))
    return path


@trick("files", "a zip with 100,000 files in its table of contents", says="files", **UNREADABLE)
def zip_of_a_shorter_table(submissions: Path, folder: str, places: Places) -> Path:
    path = submissions / f"{folder}.zip"
    path.write_bytes(_table_of_contents(100_000))
    return path


@trick("files", "a zip of 120 KB with a zip of 100 MB in it that is all table of contents", **UNREADABLE)
def zip_in_zip_of_a_long_table(submissions: Path, folder: str, places: Places) -> Path:
    return _zip(submissions, folder, {"in.zip": _table_of_contents(1_900_000)})


@trick("files", "a zip whose files have names of 60,000 letters", **ANY)
def zip_with_endless_names(submissions: Path, folder: str, places: Places) -> Path:
    names = (f"{number}{'x' * 60_000}.ipynb" for number in range(90))
    return _zip(submissions, folder, dict.fromkeys(names, b"{}") | {"01_encoding.ipynb": _good()})


# -- honest notebooks that other programs saved -----------------------------------------------------------------------


@trick("controls", "the neighbour, whose work others try to read", "solved 01_encoding")
def neighbour(submissions: Path, folder: str, places: Places) -> Path:
    notebook = edition_of("solved", "01_encoding")
    notebook.cells.insert(0, code(f"# {places.values['NEIGHBOUR_SECRET']}: the work of the neighbour"))
    path = write(student_folder(submissions, folder), notebook, "01_encoding.ipynb")
    path.parent.chmod(0o777)
    path.chmod(0o666)
    return path


@edit("controls", "saved by VS Code: no ids, its own metadata, outputs")
def saved_by_vs_code(notebook: Any) -> Any:
    bare = stripped(notebook)
    bare.metadata["vscode"] = {"interpreter": {"hash": "0" * 64}}
    bare.metadata["language_info"] = {"name": "python", "version": "3.12.1", "nbconvert_exporter": "python"}
    for number, cell in enumerate(bare.cells):
        if cell.cell_type == "code":
            cell.metadata["vscode"] = {"languageId": "python"}
            cell.execution_count = number
            cell.outputs = [{"output_type": "stream", "name": "stdout", "text": ["x\n"]}]
    bare.nbformat_minor = 2
    return bare


@edit("controls", "saved by Colab: its metadata and ids, source as lists of lines")
def saved_by_colab(notebook: Any) -> Any:
    bare = json.loads(text_of(stripped(notebook)))
    bare["metadata"] = {
        "colab": {"provenance": [], "authorship_tag": "x"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(bare["cells"]):
        cell["metadata"] = {"id": f"c{number}", "colab": {"base_uri": "https://localhost:8080/"}, "outputId": "o"}
        cell["source"] = cell["source"].splitlines(keepends=True)
    return {"nbformat": 4, "nbformat_minor": 0, "metadata": bare["metadata"], "cells": bare["cells"]}


@edit("controls", "cells were run out of order before saving, some twice, some never")
def run_out_of_order(notebook: Any) -> None:
    counts = iter([7, 3, 12, None, 1, 44, 2] * 50)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = next(counts)


@edit("controls", "a late cell that an earlier one was helped by when it ran in another order")
def solution_moved_down(notebook: Any) -> None:
    place = position(notebook, "b64u_encode")
    notebook.cells.insert(index_of(notebook, "01_encoding", "answer"), notebook.cells.pop(place))


@edit("controls", "Windows line ends in the file and in the sources")
def windows_line_ends(notebook: Any) -> bytes:
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    return json.dumps(notebook, indent=1).replace("\n", "\r\n").encode("utf-8")


@edit("controls", "big outputs are saved in the notebook: pictures, tables, 8 MB")
def big_saved_outputs(notebook: Any) -> None:
    picture = "iVBORw0KGgo" * 200_000
    for cell in notebook.cells[-8:]:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("display_data", {"image/png": picture, "text/plain": "figure"})]


@trick("controls", "handed in as a zip that submit() would make", "solved 01_encoding")
def handed_in_as_zip(submissions: Path, folder: str, places: Places) -> Path:
    return _zip(submissions, folder, {"01_encoding.ipynb": _good()})


@trick("controls", "a zip made by a Mac: a folder, its shadow, its settings", "solved 01_encoding")
def zipped_on_a_mac(submissions: Path, folder: str, places: Places) -> Path:
    members = {
        "work/": b"",
        "work/01_encoding.ipynb": _good(),
        "__MACOSX/work/._01_encoding.ipynb": b"\0\5\26\7",
        "work/.DS_Store": b"x",
    }
    return _zip(submissions, folder, members)


@trick("controls", "Jupyter's checkpoints and a progress file lie beside the notebook", "solved 01_encoding")
def with_checkpoints(submissions: Path, folder: str, places: Places) -> Path:
    path = _notebook(submissions, folder)
    (path.parent / ".ipynb_checkpoints").mkdir()
    student = text_of(edition_of("student", "01_encoding"))
    (path.parent / ".ipynb_checkpoints" / "01_encoding-checkpoint.ipynb").write_text(student)
    (path.parent / ".progress.json").write_text('{"b64u_encode": 5}')
    return path


@edit("metadata", "a byte order mark before the JSON", score="at most 25", status="graded | unreadable")
def byte_order_mark(notebook: Any) -> bytes:
    return b"\xef\xbb\xbf" + text_of(notebook).encode()


@edit("controls", "the solution cells were split: helpers in cells before, the function copied below")
def split_solution(notebook: Any) -> None:
    place = position(notebook, "b64u_encode")
    notebook.cells.insert(place, code("def tail(data):\n    return base64.urlsafe_b64encode(data).rstrip(b'=')"))
    cell_of(notebook, "b64u_encode").source = "def b64u_encode(data):\n    return tail(data).decode()"
