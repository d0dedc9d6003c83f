"""Questions go only to a process that can leave nothing for another. The attempts to leave something are data."""

from collections.abc import Iterator

import pytest

from grader.engine.process import LearnerProcess
from grader.engine.sandbox import FULL, Zygote
from grader.inside import calling
from grader.inside.values import unpack

TAKING_OVER = """
import contextlib, gc, os, socket, threading
answering = next(one for one in gc.get_objects() if type(one).__name__ == "Answering")
ours = type(answering).answer.__globals__
count = [0]
def f():
    count[0] += 1
    return count[0]
def serve(number):
    channel = ours["Channel"](socket.socket(fileno=number))
    channel.send({"ready": True})
    ours["_answer_all"](channel, channel.receive(), answering._namespace)
def in_a_fork(work):
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    os.waitpid(child, 0)
def seal():
    ours["confine"].put_answering_filter_on(answering._seal)
def only(*numbers):
    for number in set(range(256)) - set(numbers):
        with contextlib.suppress(OSError):
            os.close(number)
def sealed(number, *more):
    only(number, *more)
    seal()
    serve(number)
"""
WAYS = {
    "the process itself": "serve(checker.receive_descriptor())",
    "the process itself, sealed": "sealed(checker.receive_descriptor())",
    "a thread": "t = threading.Thread(target=serve, args=[checker.receive_descriptor()]); t.start(); t.join()",
    "a fork that gives nothing up": "in_a_fork(lambda: serve(checker.receive_descriptor()))",
    "a fork without a filter": "in_a_fork(lambda: (n := checker.receive_descriptor(), only(n), serve(n)))",
    "a fork that keeps a pipe": "p = os.pipe(); in_a_fork(lambda: sealed(checker.receive_descriptor(), p[1]))",
    "a fork that keeps its standard files": "in_a_fork(lambda: sealed(checker.receive_descriptor(), 0, 1, 2))",
    "a fork with a thread": "in_a_fork(lambda: (threading.Thread(target=threading.Event().wait, daemon=True).start(),"
    " sealed(checker.receive_descriptor())))",
    "a fork whose socket the process has, too": "n = checker.receive_descriptor(); in_a_fork(lambda: sealed(n))",
    "a fork whose socket is under way": "n = checker.receive_descriptor(); pair = socket.socketpair();"
    " socket.send_fds(pair[0], [b'.'], [n]);"
    " child = os.fork()\n    if not child: sealed(n)\n    os.close(n); os.waitpid(child, 0)",
}


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote(FULL) as zygote:
        yield zygote


@pytest.fixture
def learner(zygote: Zygote) -> Iterator[LearnerProcess]:
    with LearnerProcess(zygote) as process:
        yield process


def came(learner: LearnerProcess, times: int = 3) -> list[object]:
    """The results of calls of f, each in a process of its own, or the reasons why there is none."""
    outcomes = [learner.call("f", (), 2.0, ()) for _ in range(times)]
    return [unpack(one.packed) if one.kind == calling.RETURNED else one.kind for one in outcomes]


@pytest.mark.parametrize("way", WAYS)
def test_who_could_keep_something_is_not_asked(way: str, learner: LearnerProcess) -> None:
    cell = f"{TAKING_OVER}\ndef answer(self, checker):\n    {WAYS[way]}\ntype(answering).answer = answer"
    assert learner.run_cell(cell) == ""
    outcomes = came(learner)
    if way == "the process itself, sealed":  # it may: it is ended with all that it knows
        assert outcomes == [calling.CRASHED] * 3 or outcomes == [1] * 3
    else:
        assert outcomes == [calling.CRASHED] * 3


NOTES = {
    "a file that is there, in shared memory": (
        "open('/dev/shm/n', 'wb').write(bytes(9))",
        "there = open('/dev/shm/n', 'rb').read(1) == b'x'\n"
        "    os.pwrite(os.open('/dev/shm/n', os.O_WRONLY), b'x', 0)\n    return there",
    ),
    "a file of which less than a tick is known": (
        "open('t', 'wb').write(b'a')\nos.register_at_fork(before=lambda: open('t', 'r+b').write(b'a'))",
        "n = os.open('t', os.O_RDWR)\n    there = os.pread(n, 1, 0) == b'b'\n    os.pwrite(n, b'b', 0)\n"
        "    return there",
    ),
    "a file that is written through memory": (
        "import mmap\nopen('m', 'wb').write(bytes(9))",
        "n = os.open('m', os.O_RDWR)\n    there = os.pread(n, 1, 0) == b'b'\n"
        "    try: mmap.mmap(n, 9)[0] = 98\n    except OSError: pass\n    return there",
    ),
    "a folder": ("", "there = os.path.exists('d')\n    os.makedirs('d', exist_ok=True)\n    return there"),
    "what the kernel is told": (
        "",
        "p = f'/proc/{os.getppid()}/oom_score_adj'; there = open(p).read() == '999\\n'\n"
        "    try: open(p, 'w').write('999')\n    except OSError: pass\n    return there",
    ),
    "another process's memory": (
        "import ctypes\nkept = ctypes.create_string_buffer(8)\nwhere = ctypes.addressof(kept)",
        "there = kept.raw[:1] == b'x'\n"
        "    try: os.pwrite(os.open(f'/proc/{os.getppid()}/mem', os.O_RDWR), b'x', where)\n"
        "    except OSError: pass\n    return there",
    ),
    "a pipe with a name": (
        "try: os.mkfifo('p'); k = os.open('p', os.O_RDWR); os.write(k, b'ab')\nexcept OSError: pass",
        "return os.path.exists('p') and os.read(os.open('p', os.O_RDONLY | os.O_NONBLOCK), 1) == b'b'",
    ),
    "a watched file": (
        "import ctypes\nlibc = ctypes.CDLL(None); open('w', 'w').write('x'); i = libc.inotify_init1(0o4000)\n"
        "libc.inotify_add_watch(i, b'w', 0x20)\nseen = []\n"
        "def look():\n    try: seen.append(os.read(i, 4096))\n    except OSError: pass\n"
        "os.register_at_fork(before=look)",
        "open('w').read()\n    return bool(seen)",
    ),
    "a lease": (
        "import fcntl, signal\nseen = []\nsignal.signal(signal.SIGIO, lambda *_: seen.append(1))\n"
        "open('l', 'w').write('x'); k = os.open('l', os.O_RDONLY)\n"
        "try: fcntl.fcntl(k, fcntl.F_SETLEASE, fcntl.F_WRLCK)\nexcept OSError: pass",
        "try: os.open('l', os.O_RDONLY | os.O_NONBLOCK)\n    except OSError: pass\n    return bool(seen)",
    ),
    "how it ended": (
        "real, seen = os.waitpid, []\n"
        "def waited(*args):\n    got = real(*args); seen.append(got[1]); return got\nos.waitpid = waited",
        "if os.urandom(1) < b'\\x80': os._exit(7)\n    return len(set(seen) - {9}) > 0",
    ),
    "a flag of a file": (
        "import fcntl\nopen('g', 'w').write('x')\n"
        "def flags(n): return int.from_bytes(fcntl.ioctl(n, 0x80086601, bytes(8)), 'little')",
        "n = os.open('g', os.O_RDONLY)\n    try:\n        if flags(n) & 64: return True\n"
        "        fcntl.ioctl(n, 0x40086602, (64).to_bytes(8, 'little'))\n    except OSError: pass\n    return False",
    ),
}


@pytest.mark.parametrize("note", NOTES)
def test_a_call_leaves_no_note(note: str, learner: LearnerProcess) -> None:
    before, body = NOTES[note]
    assert learner.run_cell(f"import os\n{before}\ndef f():\n    {body}") == ""
    assert set(came(learner, 6)) <= {False, calling.CRASHED}


def test_a_terminal_that_is_open_is_no_way_out(learner: LearnerProcess) -> None:
    assert learner.run_cell("import os\nm, s = os.openpty()\ndef f():\n    return 1") == ""
    assert came(learner, 1) == [calling.CRASHED]
    assert learner.run_cell("os.close(m); os.close(s)") == ""
    assert came(learner, 1) == [1]


@pytest.mark.parametrize(
    "beside",
    [
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import subprocess; p = subprocess.Popen(['sleep', '60'])",
        "import mmap; k = open('m', 'wb+'); k.write(bytes(4096)); k.flush(); m = mmap.mmap(k.fileno(), 4096)",
        "import socket; s = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(s.getsockname())",
        "import sqlite3; d = sqlite3.connect('d.sqlite')",
        "!echo x",
    ],
)
def test_what_honest_cells_leave_running_is_no_hindrance(beside: str, learner: LearnerProcess) -> None:
    assert learner.run_cell(f"{beside}\ndef f():\n    return 1") == ""
    assert came(learner) == [1] * 3
    assert learner.run_cell("1 + 1") == ""


def test_files_can_be_made_within_a_call(learner: LearnerProcess) -> None:
    body = "with tempfile.TemporaryFile() as file:\n        file.write(b'x'); file.seek(0)\n        return file.read()"
    assert learner.run_cell(f"import tempfile\nn = 1\ndef f():\n    {body}") == ""
    assert came(learner, 8) == [b"x"] * 8
    assert learner.run_cell("assert n == 1") == ""


def test_programs_can_be_asked_within_a_call(learner: LearnerProcess) -> None:
    body = "return subprocess.run(['echo', 'x'], stdout=subprocess.PIPE, check=True).stdout"
    assert learner.run_cell(f"import subprocess\ndef f():\n    {body}") == ""
    assert came(learner, 2) == [b"x\n"] * 2


def test_no_other_filter_can_be_put_on(learner: LearnerProcess) -> None:
    cell = (
        "import ctypes, struct\nlibc = ctypes.CDLL(None)\n"
        "allow = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0x7FFF0000))\n"
        "program = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', 1, ctypes.addressof(allow)))\n"
        "assert libc.prctl(22, 2, program) == -1\n"
        "import os; assert os.uname().machine != 'x86_64' or libc.syscall(317, 1, 0, program) == -1"
    )
    assert learner.run_cell(cell) == ""
