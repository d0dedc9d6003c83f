"""What is downloaded for the browser edition: nothing but the files that are pinned."""

import hashlib
import io
from pathlib import Path

import pytest

from grader.site import pinned
from grader.site.problem import SiteError

DATA = b"a wheel"


@pytest.fixture
def one_file(monkeypatch: pytest.MonkeyPatch) -> str:
    """All that is pinned is one file."""
    sha256 = hashlib.sha256(DATA).hexdigest()
    for name, files in (("CORE", {"one.whl": sha256}), ("WHEELS", {}), ("CRYPTOGRAPHY", {})):
        monkeypatch.setattr(pinned, name, files)
    return sha256


def answering(monkeypatch: pytest.MonkeyPatch, data: bytes) -> list[str]:
    asked: list[str] = []

    def answer(address: str, timeout: float) -> io.BytesIO:
        asked.append(address)
        return io.BytesIO(data)

    monkeypatch.setattr(pinned.urllib.request, "urlopen", answer)
    return asked


def test_a_file_is_asked_for_once(one_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, DATA)
    for _ in range(2):
        pinned.fill(tmp_path, pinned.RELEASE)
    assert asked == [pinned.PINNED["release"] + "one.whl"]
    assert (tmp_path / "one.whl").read_bytes() == DATA


@pytest.mark.parametrize("data", [b"", b"another", DATA + b"\n"])
def test_another_file_is_refused_and_not_kept(
    one_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    answering(monkeypatch, data)
    with pytest.raises(SiteError, match=r"one\.whl.*not the file that is pinned"):
        pinned.fill(tmp_path, pinned.RELEASE)
    assert not list(tmp_path.iterdir())


def test_a_broken_file_in_the_cache_is_got_again(
    one_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.whl").write_bytes(DATA[:3])
    answering(monkeypatch, DATA)
    pinned.fill(tmp_path, pinned.RELEASE)
    assert (tmp_path / "one.whl").read_bytes() == DATA


def test_a_server_that_is_not_there_is_a_sentence(
    one_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(address: str, timeout: float) -> io.BytesIO:
        raise OSError("no route")

    monkeypatch.setattr(pinned.urllib.request, "urlopen", refuse)
    with pytest.raises(SiteError, match="--source registries"):
        pinned.fill(tmp_path, pinned.RELEASE)


def test_every_pin_is_a_hash_and_the_release_is_one() -> None:
    for files in (pinned.CORE, pinned.WHEELS, pinned.CRYPTOGRAPHY):
        assert files
        assert all(len(bytes.fromhex(sha256)) == 32 for sha256 in files.values())
    assert f"v{pinned.PINNED['pyodide']}/" in pinned.PINNED["release"]
    assert pinned.PINNED["release"].startswith("https://")
