"""The peers that need no installation: PyJWT and joserfc, which the lock has, and Node's own Web Crypto."""

import json
import os
import shutil
import sys
from importlib.metadata import version

import pytest

from interop import asking, installing, minting
from interop.cases import NOW, all_cases
from interop.installing import NotHad, Ready
from interop.judging import BEYOND, READ, verdict
from interop.libraries import LIBRARIES
from interop.places import DRIVERS, MATRIX

NAMES = {library.name: library for library in LIBRARIES}


def peer(name: str) -> Ready:
    """A library that is here already, without the cache folder."""
    library = NAMES[name]
    if library.source == "here":
        if not shutil.which("node") and library.driver.endswith(".mjs"):
            assert not os.environ.get("CI"), "CI has to have node"
            pytest.skip("node is not installed")
        return installing.ready(library)
    return Ready(library, version(library.package.split("[")[0]), [sys.executable, str(DRIVERS / library.driver)])


@pytest.mark.in_ci
@pytest.mark.parametrize("name", ["PyJWT", "joserfc", "Web Crypto in Node", "this module"])
def test_a_peer_reads_what_the_matrix_says(name: str) -> None:
    ready = peer(name)
    recorded = json.loads(MATRIX.read_text("utf-8"))["libraries"][name]
    cases = [case for case in all_cases() if case.now == NOW]
    said = asking.answers(ready, cases, freeze=False)
    found = {case.id: verdict(case, said[case.id], ready.library).partition(":")[0] for case in cases}
    kept = [case.id for case in cases if case.id.startswith("S")]
    assert all(found[id] in (READ, BEYOND) for id in kept)
    assert sum(found[id] == READ for id in kept) >= 3
    if ready.version == recorded["version"] or name == "this module":
        assert found == {id: recorded["results"][id].partition(":")[0] for id in found}
    else:  # another version may read more or less; most must be as before
        same = sum(found[id] == recorded["results"][id].partition(":")[0] for id in found)
        assert same > 0.9 * len(found)


@pytest.mark.parametrize("minter", ["PyJWT", "joserfc", "this module"])
def test_peers_read_what_peers_mint(minter: str) -> None:
    made = minting.minted(peer(minter), freeze=False)
    cases = [minting.as_case(minter, kind, one["token"]) for kind, one in made.items() if "token" in one]
    assert len(cases) >= 4
    for reader in ("PyJWT", "joserfc", "this module"):
        ready = peer(reader)
        said = asking.answers(ready, cases, freeze=False)
        assert {verdict(case, said[case.id], ready.library) for case in cases} == {READ}


# -- asking and installing ----------------------------------------------------------------------------------------


def ending(tmp_path, code: str) -> Ready:
    driver = tmp_path / "driver.py"
    driver.write_text("import json, sys\nfor line in sys.stdin:\n    id = json.loads(line)['id']\n" + code)
    return Ready(NAMES["PyJWT"], "0", [sys.executable, str(driver)])


def test_a_driver_that_ends_is_asked_the_rest_again(tmp_path) -> None:
    ready = ending(
        tmp_path, "    if id == 'b': sys.exit(3)\n    print(json.dumps({'id': id, 'refused': ''}), flush=True)\n"
    )
    found = asking.ask(ready, [{"id": id} for id in "abc"], None)
    assert found == {"a": {"id": "a", "refused": ""}, "b": None, "c": {"id": "c", "refused": ""}}


def test_a_driver_that_never_answers_ends_the_asking(tmp_path) -> None:
    ready = ending(tmp_path, "    sys.exit(1)\n")
    assert asking.ask(ready, [{"id": id} for id in "ab"], None) == {"a": None, "b": None}


def test_noise_of_a_driver_is_no_answer(tmp_path) -> None:
    ready = ending(
        tmp_path, "    print('warning: …'); print('[1]'); print(json.dumps({'id': id, 'claims': 'a\\u2028b'}))\n"
    )
    assert asking.ask(ready, [{"id": "a"}], None) == {"a": {"id": "a", "claims": "a\u2028b"}}


@pytest.mark.skipif(not asking.can_freeze(), reason="faketime is not installed")
def test_the_clock_is_frozen(tmp_path) -> None:
    ready = ending(tmp_path, "    import time; print(json.dumps({'id': id, 'claims': str(time.time())}), flush=True)\n")
    found = asking.ask(ready, [{"id": "a"}], NOW)["a"]
    assert found is not None
    assert float(found["claims"]) == NOW


def test_without_installing_a_missing_library_is_said_to_be_missing(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(installing, "CACHE", tmp_path)
    with pytest.raises(NotHad, match="make interop"):
        installing.ready(NAMES["josepy"], install=False)


def test_what_needs_root_says_so(monkeypatch) -> None:
    monkeypatch.setattr(installing.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(installing.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(NotHad, match="needs root once: apt-get install no-such-package"):
        installing.debian(["no-such-package"])


def test_a_step_that_fails_says_its_last_words() -> None:
    with pytest.raises(NotHad, match="failed: the reason"):
        installing._run([sys.executable, "-c", "import sys; sys.exit('the reason')"])
    with pytest.raises(NotHad, match="not installed"):
        installing._run(["no-such-program"])


def test_every_driver_is_there_and_short() -> None:
    for library in LIBRARIES:
        path = DRIVERS / library.driver
        assert path.is_file(), library.name
        assert len(path.read_text("utf-8").splitlines()) <= 85, library.name
