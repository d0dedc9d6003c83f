"""Runs the whole corpus through `grader grade` once, with canaries around it, and keeps the outcome as plain data.

A canary is something that no submission may read, change or reach: files, an environment variable, listeners on the
host, a gradebook, another student's work. If its value appears in a result, a submission has read it.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.student import readable
from tests.attacks.corpus import REPO, Attack, Places, corpus, sample, write_corpus

GRADE = (sys.executable, "-c", "from grader.cli.main import main; main()", "grade")
LIMIT = 900
"""Seconds after which the batch is stopped."""
MOST_MEMORY = 400_000_000
"""The most bytes of memory for the command and each of its workers."""


@dataclass
class Run:
    """The outcome of the batch.

    Attributes:
        exit_code, stderr, seconds: of the command.
        reports: every Report, as it was written, by its path.
        summary, index: the texts of summary.csv and index.html.
        stolen: canaries whose values are in a result, with the place.
        breaches: attacks that report success in a result.
        changed: canaries and submissions that were changed, and files that were left behind.
        connections: which listeners were reached.
        processes: the command lines of processes that were left running.
        disk: the most bytes in the results' folder at any time.
        memory: the most bytes of memory of the command's own process, and of any of its workers.
    """

    exit_code: int = -1
    stderr: str = ""
    seconds: float = 0.0
    reports: dict[str, Any] = field(default_factory=dict)
    summary: str = ""
    index: str = ""
    stolen: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)
    disk: int = 0
    memory: dict[str, int] = field(default_factory=lambda: {"command": 0, "worker": 0})


class Canaries:
    """The canaries, in a folder of their own that every user may enter, and their paths."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="canaries-"))
        self.root.chmod(0o755)
        self.mark = f"mark{secrets.token_hex(5)}"
        names = ("file", "home", "variable", "tcp", "abstract", "socket", "neighbour", "gradebook", "key", "source")
        names += ("course_key",)
        self.secrets = {name: f"canary-{name}-{secrets.token_hex(5)}" for name in names}
        self.connections: list[str] = []
        self._open: list[socket.socket] = []
        self.course_key = self.root / "config" / "jwt-from-scratch" / "course-key.json"
        for name in ("submissions", "source/01_encoding", "tmp", "outside", "config/jwt-from-scratch"):
            (self.root / name).mkdir(parents=True)
        (self.root / "outside").chmod(0o777)
        self.home = Path.home() / f".{self.mark}"
        self._write_files()
        self.places = Places(self._places())

    def _write_files(self) -> None:
        for name, place in {
            "file": self.root / "secret.txt",
            "home": self.home,
            "key": self.root / "receipt-signing.key",
            "course_key": self.course_key,
            "source": self.root / "source" / "01_encoding" / "01_encoding.ipynb",
        }.items():
            with contextlib.suppress(OSError):  # a home folder that can't be written to has no canary
                place.write_text(
                    f'{{"kty": "OKP", "d": "{self.secrets[name]}"}}' if name == "course_key" else self.secrets[name]
                )
                place.chmod(0o666)
        with contextlib.closing(sqlite3.connect(self.root / "gradebook.db")) as book:
            book.execute("create table grade (student text, auto_score real)")
            book.execute("insert into grade values (?, 1)", [self.secrets["gradebook"]])
            book.commit()
        (self.root / "gradebook.db").chmod(0o666)

    def _places(self) -> dict[str, str]:
        submissions = self.root / "submissions"
        return {
            "CANARY_FILE": str(self.root / "secret.txt"),
            "CANARY_ENV": "CANARY_VARIABLE",
            "HOME": str(Path.home()),
            "HOME_CANARY": self.home.name,
            "KEY_FILE": str(self.root / "receipt-signing.key"),
            "COURSE_KEY": str(self.course_key),
            "GRADEBOOK": str(self.root / "gradebook.db"),
            "SOURCE": str(self.root / "source"),
            "SUBMISSIONS": str(submissions),
            "NEIGHBOUR": str(submissions / "neighbour" / "01_encoding.ipynb"),
            "NEIGHBOUR_SECRET": self.secrets["neighbour"],
            "OUT": str(self.root / "out"),
            "OUTSIDE": str(self.root / "outside"),
            "REPO": str(REPO),
            "MARK": self.mark,
            "TCP_PORT": str(self._listen("tcp", socket.AF_INET, ("127.0.0.1", 0)).getsockname()[1]),
            "ABSTRACT": f"{self.mark}-abstract",
            "SOCKET_FILE": str(self.root / "socket"),
        }

    def listen(self) -> None:
        """Open the unix listeners; the TCP one is open already, because its port is in the submissions."""
        self._listen("abstract", socket.AF_UNIX, f"\0{self.mark}-abstract")
        self._listen("socket", socket.AF_UNIX, str(self.root / "socket"))
        (self.root / "socket").chmod(0o777)

    def _listen(self, name: str, family: int, address: Any) -> socket.socket:
        server = socket.socket(family)
        server.bind(address)
        server.listen()
        self._open.append(server)
        threading.Thread(target=self._serve, args=(name, server), daemon=True).start()
        return server

    def _serve(self, name: str, server: socket.socket) -> None:
        while True:
            try:
                link, _ = server.accept()
            except OSError:
                return
            self.connections.append(name)
            with link, contextlib.suppress(OSError):
                link.sendall(self.secrets[name].encode())

    def state(self) -> dict[str, str]:
        """Every file that must not change, with a digest."""
        places = [
            self.root / name
            for name in ("secret.txt", "receipt-signing.key", "gradebook.db", "source", "outside", "config")
        ]
        files = [self.home, *(p for place in places for p in ([place] if place.is_file() else place.rglob("*")))]
        files += [Path(path) for path in _walk(str(self.root / "submissions"))]
        return {str(path): _digest(path) for path in files if path.is_symlink() or path.exists()}

    def left_behind(self) -> list[str]:
        """Files with the mark in their names, and all files in the batch's folder for temporary files."""
        found = [str(path) for path in (self.root / "tmp").iterdir()]
        for folder in ("/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/usr/local/lib", str(Path.home()), str(REPO)):
            with contextlib.suppress(OSError):
                found += [f"{folder}/{name}" for name in os.listdir(folder) if self.mark in name]
        return [path for path in found if path != str(self.home)]

    def close(self) -> None:
        """Remove all canaries."""
        for server in self._open:
            server.close()
        self.home.unlink(missing_ok=True)
        shutil.rmtree(self.root, ignore_errors=True)


def _walk(folder: str) -> list[str]:
    return [entry.path for entry in _entries(folder)]


def _entries(folder: str) -> list[os.DirEntry[str]]:
    found = []
    for entry in os.scandir(folder):
        found.append(entry)
        if entry.is_dir(follow_symlinks=False):
            found += _entries(entry.path)
    return found


def _digest(path: Path) -> str:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > 50_000_000:
        return f"{stat.S_IFMT(status.st_mode):o} {status.st_size if stat.S_ISREG(status.st_mode) else ''}"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run_corpus(keep: Path | None = None, whole: bool = True) -> Run:
    """Write the corpus, grade it, and check that everything else is unchanged.

    Args:
        keep: a folder to which the batch's results are copied.
        whole: all of it, and not the sample.
    """
    canaries = Canaries()
    try:
        write_corpus(canaries.root / "submissions", canaries.places, corpus() if whole else sample())
        canaries.listen()
        before = canaries.state()
        adopt_orphans()
        children = own_children()
        run = _graded(canaries)
        run.processes = _left_running(canaries.mark, children)
        run.connections = sorted(set(canaries.connections))
        after = canaries.state()
        run.changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
        run.changed += canaries.left_behind()
        if keep:
            shutil.rmtree(keep, ignore_errors=True)
            shutil.copytree(canaries.root / "out", keep)
        return run
    finally:
        canaries.close()


def _graded(canaries: Canaries) -> Run:
    run = Run()
    out = canaries.root / "out"
    started = time.monotonic()
    command = [*GRADE, str(canaries.root / "submissions"), "--out", str(out), "--jobs", "2"]
    environment = {**os.environ, "CANARY_VARIABLE": canaries.secrets["variable"], "TMPDIR": str(canaries.root / "tmp")}
    environment |= {"NO_COLOR": "1", "COLUMNS": "200", "XDG_CONFIG_HOME": str(canaries.root / "config")}
    with tempfile.TemporaryFile() as said:
        with (
            subprocess.Popen(command, stdout=said, stderr=said, env=environment, start_new_session=True) as process,
            _watched(out, run, process.pid),
        ):
            try:
                run.exit_code = process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
        said.seek(0)
        run.stderr = said.read().decode("utf-8", "replace")
    run.seconds = time.monotonic() - started
    for path in sorted(out.glob("reports/**/*.json")):
        run.reports[str(path.relative_to(out))] = json.loads(path.read_text("utf-8"))
    run.summary, run.index = (_text(out / name) for name in ("summary.csv", "index.html"))
    _search(run, canaries)
    return run


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _search(run: Run, canaries: Canaries) -> None:
    texts = {name: json.dumps(report) for name, report in run.reports.items()}
    texts |= {"summary.csv": run.summary, "index.html": run.index, "the terminal": run.stderr}
    for place, text in texts.items():
        run.stolen += [f"{name} in {place}" for name, value in canaries.secrets.items() if value in text]
        run.breaches += [attack.name for attack in corpus() if attack.breach in text]


@contextlib.contextmanager
def _watched(folder: Path, run: Run, pid: int) -> Any:
    """Record the most bytes in the folder at any time, and the peak memory of the command and its workers."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.25):
            run.memory["command"] = max(run.memory["command"], peak_of(pid))
            run.memory["worker"] = max(run.memory["worker"], *map(peak_of, children_of(pid)), 0)
            with contextlib.suppress(OSError):
                sizes = [entry.stat(follow_symlinks=False).st_size for entry in _entries(str(folder))]
                run.disk = max(run.disk, sum(sizes))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


# -- what came of one submission --------------------------------------------------------------------------------------


def reports_in(attack: Attack, reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The Reports on this attack."""
    folder = readable(os.fsencode(attack.student).decode("utf-8", "backslashreplace"), 1_000)
    return [
        report
        for report in reports
        if report["submission"].partition("/")[0].removesuffix(".zip").removesuffix(".ipynb") == folder
    ]


def complaints(attack: Attack, report: dict[str, Any]) -> list[str]:
    """How the Report differs from the attack's front matter."""
    found = []
    if report["status"] not in attack.expect.statuses:
        found.append(f"it is {report['status']!r}: {report['message']}")
    scores = {"": report["score"], **{one["name"]: one["score"] for one in report["exercises"]}}
    for name, (how, points) in attack.expect.scores.items():
        score = scores.get(name, 0)
        if score > points or (how == "is" and score != points):
            found.append(f"{name or 'the total'} is {score}, not {how} {points}")
    for one in report["exercises"]:
        wanted = attack.expect.exercises.get(one["name"], (one["status"],))
        if one["status"] not in wanted:
            found.append(f"{one['name']} is {one['status']}, not {' or '.join(wanted)}")
    if report["seconds"] > attack.expect.seconds:
        found.append(f"it took {report['seconds']} s, more than {attack.expect.seconds}")
    if attack.expect.says not in json.dumps(report).lower():
        found.append(f"it does not say {attack.expect.says!r}")
    return found


# -- processes --------------------------------------------------------------------------------------------------------


def adopt_orphans() -> None:
    """From now on, processes below us whose parent ends become our children, so that none escapes."""
    set_child_subreaper = 36  # prctl(2)
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def own_children() -> set[int]:
    """The processes that are children of this one."""
    return children_of(os.getpid())


def children_of(pid: int) -> set[int]:
    """The processes that are children of that one."""
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found |= {int(child) for child in path.read_text().split()}
    return found


def peak_of(pid: int) -> int:
    """A process's peak memory, in bytes; 0 if it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_bytes().splitlines():
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _left_running(mark: str, before: set[int]) -> list[str]:
    """The batch's processes that still run after a moment; they are killed."""
    end = time.monotonic() + 5
    while left := _running(mark, before):
        if time.monotonic() > end:
            break
        time.sleep(0.1)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return list(left.values())


def _running(mark: str, before: set[int]) -> dict[int, str]:
    found = {}
    for pid in own_children() - before:
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG)[0] == 0:
                found[pid] = _command(pid)
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (path / "cmdline").read_bytes() + (path / "environ").read_bytes():
                found[int(path.name)] = _command(int(path.name))
    return found


def _command(pid: int) -> str:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        line = ""
    return line or f"process {pid}"
