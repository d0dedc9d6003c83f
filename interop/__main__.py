"""`python -m interop [NAME ...]`: install, ask, judge, write docs/interop.json and the tables of docs/interop.md."""

import argparse
import datetime
import json
import platform
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from rich.console import Console
from rich.progress import Progress

from grader.files import write_whole

from . import asking, comparing, installing, minting, tables
from .cases import NOW, Case, topics
from .installing import NotHad, Ready
from .judging import BEYOND, READ, verdict
from .libraries import LIBRARIES, NOT_TO_BE_HAD, Library
from .places import CACHE, MATRIX, PAGE, READERS

_console = Console(stderr=True)


def main() -> int:
    given = _options()
    if given.tables:
        _write_tables(_recorded())
        return 0
    chosen = [library for library in LIBRARIES if not given.names or library.name in given.names]
    if not asking.can_freeze() and not given.no_install:
        _try_faketime()
    found, missing = _all_ready(chosen, not given.no_install)
    frozen = asking.can_freeze()
    cases = {topic: [one for one in group if frozen or one.now == NOW] for topic, group in topics().items()}
    matrix = _matrix(found, missing, cases)
    if given.names:
        _print(matrix)
        return 0
    return _finish(matrix, given.write)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m interop", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these libraries; docs/ is then left as it is")
    parser.add_argument("--no-install", action="store_true", help="run what is there")
    parser.add_argument("--write", action="store_true", help="write docs/ also where some are missing now")
    parser.add_argument("--tables", action="store_true", help="ask nobody; write what is made of docs/interop.json")
    given = parser.parse_args()
    if unknown := set(given.names) - {library.name for library in LIBRARIES}:
        known = ", ".join(library.name for library in LIBRARIES)
        parser.error(f"no such library: {', '.join(sorted(unknown))}; there are: {known}")
    return given


def _recorded() -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(MATRIX.read_text("utf-8"))
    return recorded


def _finish(matrix: dict[str, Any], write: bool) -> int:
    """Print the differences, and write docs/ unless that would replace results from more libraries."""
    before = _recorded()
    changes = comparing.differences(before, matrix)
    for line in changes or ["nothing is different from the last run"]:
        _console.print(line, markup=False, highlight=False)
    text = json.dumps(matrix, ensure_ascii=False, indent=1) + "\n"
    fewer = comparing.lost(before, matrix) or not matrix["frozen"]
    if fewer and not write:
        write_whole(CACHE / MATRIX.name, text)
        _console.print(f"docs/ is left as it is, since not all could be asked; the result is {CACHE / MATRIX.name}")
        return 0
    write_whole(MATRIX, text)
    _write_tables(matrix)
    _console.print(f"wrote {MATRIX.name}, {READERS.name} and the tables of {PAGE.name}")
    return 0


def _write_tables(matrix: dict[str, Any]) -> None:
    write_whole(READERS, json.dumps(tables.readers(matrix), ensure_ascii=False, indent=1) + "\n")
    write_whole(PAGE, tables.renewed(PAGE.read_text("utf-8"), matrix))


def _try_faketime() -> None:
    try:
        installing.debian(["faketime"])
    except NotHad as why:
        _console.print(f"the cases about the clock are left out: {why}")


def _all_ready(chosen: list[Library], install: bool) -> tuple[list[Ready], dict[str, str]]:
    found, missing = [], {}
    with Progress(console=_console) as progress:
        task = progress.add_task("installing", total=len(chosen))
        for library in chosen:
            progress.update(task, description=f"installing {library.name}")
            try:
                found.append(installing.ready(library, install=install))
            except NotHad as why:
                missing[library.name] = str(why)
                progress.console.print(f"not to be had: {library.name}: {why}", markup=False)
            progress.advance(task)
    return found, missing


def _matrix(found: list[Ready], missing: dict[str, str], cases: dict[str, list[Case]]) -> dict[str, Any]:
    freeze = asking.can_freeze()
    tokens = {
        one.library.name: minting.minted(one, freeze=freeze) for one in found if one.library.name not in tables.SECOND
    }
    of_others = [
        minting.as_case(name, kind, made["token"])
        for name, kinds in tokens.items()
        for kind, made in kinds.items()
        if "token" in made
    ]
    every = [case for group in cases.values() for case in group]
    results = _results(found, [*every, *of_others])
    for name, kinds in tokens.items():
        for kind, made in kinds.items():
            if "token" in made:
                said = {reader: results[reader][f"{name}: {kind}"] for reader in results}
                made["not read by"] = {reader: word for reader, word in said.items() if word != READ}  # type: ignore[assignment]
                del made["token"]
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "frozen": asking.can_freeze(),
        "cases": {
            case.id: {"topic": topic, "text": case.text, "alg": case.alg} for topic in cases for case in cases[topic]
        },
        "libraries": {
            one.library.name: {
                "language": one.library.language,
                "from": one.library.source,
                "version": one.version,
                "checks claims": one.library.checks_claims,
                "results": {case.id: results[one.library.name][case.id] for case in every},
            }
            for one in found
        },
        "minted": tokens,
        "not to be had": {**missing, **NOT_TO_BE_HAD},
    }


def _results(found: list[Ready], cases: list[Case]) -> dict[str, dict[str, str]]:
    results: dict[str, dict[str, str]] = {one.library.name: {} for one in found}
    freeze = asking.can_freeze()

    def work(one: Ready) -> None:
        said = asking.answers(one, cases, freeze=freeze)
        results[one.library.name] = {case.id: verdict(case, said[case.id], one.library) for case in cases}

    with Progress(console=_console) as progress, ThreadPoolExecutor(2) as pool:
        task = progress.add_task("asking", total=len(found))
        for done in as_completed([pool.submit(work, one) for one in found]):
            done.result()
            progress.advance(task)
    return results


def _print(matrix: dict[str, Any]) -> None:
    """Print the tokens that were not read, for the author of a driver."""
    for name, library in matrix["libraries"].items():
        print(f"{name} {library['version']}")
        for id, said in library["results"].items():
            if said != READ and not said.startswith(BEYOND):
                print(f"  {id:10} {matrix['cases'][id]['text']:50} {said}")
        for kind, made in matrix["minted"].get(name, {}).items():
            print(f"  minted {kind}: {json.dumps(made, ensure_ascii=False)}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        _console.print("interrupted; what is installed stays, and the same command goes on")
        sys.exit(130)
    except OSError as error:
        _console.print(f"{error.filename}: {error.strerror}", markup=False)
        sys.exit(2)
