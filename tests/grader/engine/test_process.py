"""The learner's process: whatever a cell or a call does to it, the checker learns it and goes on."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.engine import process as process_module
from grader.engine.process import GaveUp, LearnerProcess
from grader.engine.sandbox import NONE, Zygote
from grader.inside import calling
from grader.inside.calling import Outcome
from grader.inside.frames import Channel
from grader.inside.values import pack, unpack


@pytest.fixture
def learner(zygote: Zygote) -> Iterator[LearnerProcess]:
    with LearnerProcess(zygote) as started:
        yield started


@pytest.fixture
def forkless(zygote: Zygote) -> Iterator[LearnerProcess]:
    """One whose cells are said to keep nothing, so that it answers by itself."""
    with LearnerProcess(zygote, keeps_nothing=True) as started:
        yield started


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "GRACE", 0.5)


def call(
    learner: LearnerProcess, name: str, *args: Any, seconds: float = 2.0, forbids: tuple[str, ...] = ()
) -> Outcome:
    return learner.call(name, args, seconds, forbids)


def value(outcome: Outcome) -> Any:
    assert outcome.kind == calling.RETURNED, outcome
    return unpack(outcome.packed)


def test_cells_run_and_functions_are_called(learner: LearnerProcess) -> None:
    assert learner.run_cell("import base64\nx = 3") == ""
    assert learner.run_cell("def f(a, b):\n    return {a: (b, x)}") == ""
    assert value(call(learner, "f", b"k", [True, 1.5])) == {b"k": ([True, 1.5], 3)}
    assert call(learner, "g").kind == calling.MISSING
    assert call(learner, "f", 1).kind == calling.BAD_SIGNATURE


def test_what_takes_less_of_the_stack_the_second_time_tells_nothing(zygote: Zygote) -> None:
    """A process that answers by itself has less room than one that has imported nothing yet."""
    came = []
    for keeps_nothing in (True, False):
        with LearnerProcess(zygote, keeps_nothing=keeps_nothing) as learner:
            learner.run_cell("def f(n):\n    if n: return f(n - 1)\n    return 'a'.encode('idna')")
            came.append([call(learner, "f", depth).kind for depth in (0, *range(600, 1000, 20))])
    assert came[0] == came[1]
    assert {calling.RETURNED, calling.RAISED} == set(came[0])


def test_a_cell_has_as_much_room_after_questions_as_before(forkless: LearnerProcess) -> None:
    forkless.run_cell("def f(n):\n    return f(n - 1) if n else 1")
    assert value(call(forkless, "f", 3)) == 1
    assert forkless.run_cell("x = f(800)") == ""
    assert forkless.run_cell("x = f(2000)").startswith("RecursionError")
    assert value(call(forkless, "f", 3)) == 1


def test_a_process_that_has_no_room_is_asked_no_more(forkless: LearnerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answers do not count, and to fill the memory may have taken long."""
    came: list[int] = []
    collect = LearnerProcess._collect

    def counted(self: LearnerProcess, channel: Any, request: Any, pid: int, outcomes: list[Outcome]) -> None:
        collect(self, channel, request, pid, outcomes)
        came.append(len(outcomes))

    monkeypatch.setattr(LearnerProcess, "_collect", counted)
    forkless.run_cell("def f(n):\n    if n == 2: raise MemoryError\n    return n")
    asked = forkless.call_many("f", [(n,) for n in range(9)], 1.0, ())
    assert came == [3, 9]
    assert [value(one) if one.kind == calling.RETURNED else one.names[0] for one in asked] == [
        *(0, 1, "MemoryError"),
        *range(3, 9),
    ]


def test_a_process_that_was_stopped_amid_an_answer_is_asked_no_more(forkless: LearnerProcess) -> None:
    forkless.run_cell("s = []\ndef f():\n    s.append(1)\n    while True: pass\ndef g():\n    return len(s)")
    assert call(forkless, "f", seconds=0.2).kind == calling.TIMED_OUT
    assert value(call(forkless, "g")) == 0


def test_a_fork_is_of_a_process_that_has_answered_nothing(forkless: LearnerProcess) -> None:
    forkless.run_cell("s = []\ndef f():\n    s.append(1)\ndef g():\n    return len(s)")
    call(forkless, "f")
    assert value(call(forkless, "g")) == 1
    assert value(call(forkless, "g", forbids=(calling.ELSEWHERE,))) == 0


def test_ipython_is_there_magics_and_all(learner: LearnerProcess) -> None:
    assert learner.run_cell("%precision 3\ny = !echo shell\nassert y == ['shell']\n1 + 1") == ""
    assert "ValueError: no" in learner.run_cell("raise ValueError('no')")
    assert learner.run_cell("await __import__('asyncio').sleep(0)") == ""


def test_an_error_in_a_cell_leaves_the_rest(learner: LearnerProcess) -> None:
    assert learner.run_cell("def f():\n    return 1\nraise KeyError('late')") == "KeyError: 'late'"
    assert value(call(learner, "f")) == 1
    assert learner.run_cell("def (").startswith("SyntaxError")
    assert value(call(learner, "f")) == 1


def test_a_policy_reaches_the_process(learner: LearnerProcess) -> None:
    learner.run_cell("import hmac\ndef f():\n    return hmac.digest(b'k', b'm', 'sha256')")
    outcome = call(learner, "f", forbids=("hmac",))
    assert (outcome.kind, outcome.text) == (calling.FORBIDDEN, "it uses hmac.digest")
    assert call(learner, "f").kind == calling.RETURNED


def test_a_process_that_ends_in_a_cell_is_replaced_without_that_cell(learner: LearnerProcess) -> None:
    learner.run_cell("x = 1\ndef f():\n    return x")
    assert learner.run_cell("x = 2\nimport os\nos._exit(0)") == "the process ended"
    assert value(call(learner, "f")) == 1
    learner.run_cell("x = 3")
    assert value(call(learner, "f")) == 3


def test_a_process_that_ends_in_a_call_is_replaced(learner: LearnerProcess) -> None:
    learner.run_cell("import os\ndef f():\n    os._exit(0)\ndef g():\n    return 'still here'")
    outcome = call(learner, "f")
    assert (outcome.kind, outcome.text) == (calling.CRASHED, "it ended the whole process")
    assert value(call(learner, "g")) == "still here"


def test_a_crash_of_the_interpreter_is_an_outcome(learner: LearnerProcess) -> None:
    learner.run_cell("import ctypes\ndef f():\n    ctypes.string_at(0)")
    assert call(learner, "f").kind == calling.CRASHED


def test_leaving_politely_is_only_an_exception(learner: LearnerProcess) -> None:
    learner.run_cell("import sys\ndef f():\n    sys.exit(0)\nx = 1")
    assert call(learner, "f").names[0] == "SystemExit"
    learner.run_cell("sys.exit()")
    learner.run_cell("exit()")
    learner.run_cell("def g():\n    return x")
    assert value(call(learner, "g")) == 1


def test_an_endless_loop_in_a_cell_ends_and_is_not_replayed(learner: LearnerProcess) -> None:
    learner.run_cell("x = 1\ndef f():\n    return x")
    assert learner.run_cell("x = 2\nwhile True: pass", seconds=0.3) == "it did not end within 0.3 s"
    learner.pause()
    assert value(call(learner, "f")) == 1


def test_a_loop_that_swallows_everything_is_killed(learner: LearnerProcess, impatient: None) -> None:
    loop = "while True:\n        try:\n            import time; time.sleep(60)\n        except BaseException: pass\n"
    learner.run_cell(f"x = 1\ndef f():\n    {loop}\ndef g():\n    return x")
    started = time.monotonic()
    outcome = call(learner, "f", seconds=0.3)
    assert outcome.kind == calling.TIMED_OUT
    assert learner.run_cell(f"if True:\n    {loop}", seconds=0.3) == "it did not end within 0.3 s"
    assert value(call(learner, "g")) == 1
    assert time.monotonic() - started < 30


def test_a_blocked_alarm_does_not_help(learner: LearnerProcess, impatient: None) -> None:
    learner.run_cell(
        "import signal, time\n"
        "def f():\n    signal.setitimer(signal.ITIMER_REAL, 0)\n    time.sleep(60)\n"
        "def g():\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n    time.sleep(60)\n"
    )
    assert call(learner, "f", seconds=0.3).kind == calling.TIMED_OUT
    assert call(learner, "g", seconds=0.3).kind == calling.TIMED_OUT


FLOOD = "import os\nfor fd in range(3, 64):\n    try:\n        os.write(fd, {data})\n    except OSError: pass\n"


@pytest.mark.parametrize(
    "data",
    ["b'garbage'", "b'\\0' * 4", "b'\\0\\0\\0\\2[]'", "b'\\xff' * 100_000"],
    ids=["text", "empty", "list", "flood"],
)
def test_writing_on_every_descriptor_harms_only_the_one_who_does(learner: LearnerProcess, data: str) -> None:
    learner.run_cell("def f():\n    return 1")
    learner.run_cell(FLOOD.format(data=data))
    outcome = call(learner, "f")
    # What stands in the wire may answer one question, as a crash; then the process is a new one.
    assert outcome.kind in (calling.RETURNED, calling.CRASHED)
    assert value(call(learner, "f")) == 1


def test_a_cell_that_forges_messages_spoils_only_its_own_answers(learner: LearnerProcess) -> None:
    learner.run_cell("def f():\n    return 1")
    assert learner.run_cell(FLOOD.format(data="b'\\0\\0\\0\\7{\"a\":1}'")) == "it answered out of turn"
    assert value(call(learner, "f")) == 1


def forged(**change: Any) -> str:
    """A message with an answer to the first question of a group, which is number 0."""
    return repr({"answers": [{**Outcome(calling.RETURNED, packed=pack(1)).to_dict(), "id": 0, **change}]})


@pytest.mark.parametrize(
    "change",
    [
        {"kind": ""},
        {"kind": "right"},
        {"packed": "nonsense"},
        {"printed": "lots"},
        {"names": 3},
        {"text": None},
        {"kind": "crashed"},
    ],
    ids=str,
)
def test_a_forged_answer_is_nonsense_not_a_verdict(learner: LearnerProcess, change: dict[str, Any]) -> None:
    learner.run_cell(
        "import json, os, struct\n"
        f"message = json.dumps({forged(**change)}).encode()\n"
        "def f():\n"
        "    for fd in range(3, 64):\n"
        "        try: os.write(fd, struct.pack('>I', len(message)) + message)\n"
        "        except OSError: pass\n"
    )
    outcome = call(learner, "f")
    assert (outcome.kind, outcome.text) == (calling.CRASHED, "it answered with nonsense")
    assert call(learner, "g").kind == calling.MISSING


@pytest.mark.parametrize(
    "evalue", ["[1]", "[" * 900 + "]" * 900, '"\\u001b[31m"', "null", "1e999"], ids=lambda e: e[:9]
)
def test_a_cells_forged_answer_is_only_text(learner: LearnerProcess, evalue: str) -> None:
    body = f'{{"id": 1, "ok": false, "outputs": [{{"output_type": "error", "ename": "E", "evalue": {evalue}}}]}}'
    said = learner.run_cell(
        "import os, struct\n"
        f"body = {body!r}.encode()\n"
        "for fd in range(3, 64):\n"
        "    try: os.write(fd, struct.pack('>I', len(body)) + body)\n"
        "    except OSError: pass\n"
    )
    assert said
    assert "\x1b" not in said


def test_a_flood_of_output_is_cut(learner: LearnerProcess) -> None:
    started = time.monotonic()
    assert learner.run_cell("for _ in range(2000):\n    print('x' * 100_000)\nx = 1") == ""
    assert learner.run_cell("import os\nfor _ in range(200):\n    os.write(1, b'y' * 100_000)") == ""
    assert learner.run_cell("'z' * 5_000_000") == ""
    learner.run_cell("def f():\n    return x")
    assert value(call(learner, "f")) == 1
    assert time.monotonic() - started < 30


def test_an_error_with_a_huge_text_is_cut(learner: LearnerProcess) -> None:
    said = learner.run_cell("raise ValueError('\\x1b[31m' + 'x' * 1_000_000)")
    assert said.startswith("ValueError: ")
    assert len(said) <= 160
    assert "\x1b" not in said


def test_the_environment_is_ours_not_the_parents(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLASS_SECRET", "hunter2")
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    monkeypatch.setenv("PYTHONSTARTUP", "/somewhere/else.py")
    with Zygote(zygote.level) as fresh, LearnerProcess(fresh) as learner:
        learner.run_cell(
            "import os, sys\n"
            "def f():\n    return dict(os.environ), list(sys.argv), sys.path, os.getcwd(), os.environ['HOME']\n"
            "def g():\n    return open('/proc/self/environ', 'rb').read()\n"
        )
        environment, argv, path, folder, home = value(call(learner, "f"))
        assert "CLASS_SECRET" not in environment
        assert "/somewhere/else" not in path
        assert path[0] == "", "as in a kernel, the folder that it is in comes first"
        assert "" not in path[1:]
        assert folder == home, "and that is its own"
        assert "hunter2" not in str((environment, argv, path))
        assert b"hunter2" not in value(call(learner, "g"))


def test_only_one_descriptor_besides_the_standard_ones_comes_along(zygote: Zygote) -> None:
    readable, writable = os.pipe()
    os.set_inheritable(writable, True)
    try:
        with LearnerProcess(zygote) as other:
            other.run_cell(
                "import os, stat\n"
                "def f():\n"
                "    fds = [int(n) for n in os.listdir('/proc/self/fd')]\n"
                "    kinds = []\n"
                "    for fd in fds:\n"
                "        try: kinds.append(stat.S_ISFIFO(os.fstat(fd).st_mode))\n"
                "        except OSError: pass\n"
                "    return kinds.count(True)\n"
            )
            assert value(call(other, "f")) == 0
    finally:
        os.close(readable)
        os.close(writable)


def test_nothing_of_the_grader_can_be_imported_and_the_stub_works(learner: LearnerProcess) -> None:
    assert learner.run_cell("from grader import check, check_all, hint, picture, progress, submit") == ""
    assert learner.run_cell("assert check('b64u_encode') is None\nhint('x')\ncheck_all()\nprogress()\nsubmit()") == ""
    assert learner.run_cell("picture(None, alt='words')") == ""
    for name in ("checks", "checks.c01_encoding", "engine", "calling", "values", "lesson", "no_such"):
        said = learner.run_cell(f"import grader.{name}")
        assert said.startswith("ModuleNotFoundError"), name
    assert learner.run_cell("import importlib\nimportlib.import_module('grader.checks')").startswith("ModuleNotFound")
    assert learner.run_cell("from grader import checks").startswith("ImportError")
    learner.run_cell(
        "import sys\ndef f():\n    return sorted(n for n in sys.modules if n.split('.')[0] in ('grader', 'pytest'))"
    )
    assert value(call(learner, "f")) == ["grader"]


def test_the_files_stay_in_a_folder_that_is_gone_afterwards(zygote: Zygote) -> None:
    with LearnerProcess(zygote) as learner:
        learner.run_cell("open('mine.txt', 'w').write('x')\nimport os\ndef f():\n    return os.getcwd()")
        folder = value(call(learner, "f"))
        assert os.path.exists(f"{folder}/mine.txt") == (zygote.level == NONE)
        assert folder != os.getcwd()
    assert not os.path.exists(folder)


def test_modules_beside_the_submission_shadow_nothing_of_ours(learner: LearnerProcess) -> None:
    """A file named like a module of the standard library, written by a cell, is not met by a new process."""
    learner.run_cell("for n in ('socket', 'hmac', 'sitecustomize', 'json'):\n    open(n + '.py', 'w').write('1/0')")
    learner.pause()
    learner.run_cell("import hmac, json\ndef f():\n    return hmac.__file__")
    assert "submission-" not in value(call(learner, "f"))


def test_after_too_many_ends_the_checker_gives_up(learner: LearnerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "MAX_STARTS", 3)
    learner.run_cell("import os\ndef f():\n    os._exit(1)")
    # A call ends only its own fork, and may do so as often as it likes.
    assert [call(learner, "f").kind for _ in range(5)] == [calling.CRASHED] * 5
    assert [learner.run_cell("os._exit(1)") for _ in range(3)] == ["the process ended"] * 3
    with pytest.raises(GaveUp):
        call(learner, "f")
    with pytest.raises(GaveUp):
        learner.run_cell("1")


def test_without_a_sandbox_nothing_is_read_from_or_left_in_a_shared_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    cell = "import os, matplotlib\nplaces = [os.environ['IPYTHONDIR'], matplotlib.get_configdir()]\nprint(*places)"
    with Zygote(NONE) as zygote, LearnerProcess(zygote) as learner:
        assert learner.run_cell(cell) == ""
        for place in learner.outputs[0]["text"].split():
            first = tmp_path / Path(place).relative_to(tmp_path).parts[0]
            assert first.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


def test_without_a_sandbox_a_grader_that_is_killed_leaves_no_settings(tmp_path: Path) -> None:
    code = "import os, signal\nfrom grader.engine.sandbox import Zygote\nzygote = Zygote('none')\nzygote.wait()\n"
    code += "os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}, check=False)
    assert done.returncode == -signal.SIGKILL
    end = time.monotonic() + 10
    while list(tmp_path.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []


def test_no_process_is_left_behind(zygote: Zygote) -> None:
    if zygote.level == NONE:
        pytest.skip("without a sandbox only the submission's own process group is ended")
    with LearnerProcess(zygote) as learner:
        learner.run_cell(
            "import os, subprocess, sys, time\n"
            "mark = 'left-behind-%d' % os.getpid()\n"
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)', mark], start_new_session=True)\n"
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    if os.fork(): os._exit(0)\n"
            "    time.sleep(100)\n"
        )
    assert zygote.stop() == {"why": "", "left": 0}


def test_a_fork_does_not_confuse_the_checker(learner: LearnerProcess) -> None:
    learner.run_cell("import os\ndef f():\n    return 1\ndef g():\n    os.fork()\n    return 2")
    assert call(learner, "g").kind in (calling.RETURNED, calling.CRASHED)
    for _ in range(3):
        assert call(learner, "f").kind in (calling.RETURNED, calling.CRASHED, calling.TIMED_OUT)


def test_a_stopped_process_is_late(learner: LearnerProcess, impatient: None) -> None:
    learner.run_cell("import os, signal\ndef g():\n    return 1")
    assert "did not end" in learner.run_cell("os.kill(os.getpid(), signal.SIGSTOP)", 0.3)
    assert value(call(learner, "g")) == 1
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


def test_a_function_is_asked_as_another_process_would_have_it(learner: LearnerProcess) -> None:
    """A cell's salt is drawn anew, its table is filled anew, and what it only shows is not shown again."""
    cell = (
        "import os\nSALT = {}\nTABLE = []\nfor number in range(4):\n    TABLE.append(number)\nTABLE.append(4)\n"
        "print('x' if len(TABLE) == 5 else 1 / 0)\n\ndef f(text):\n    return SALT + text + str(TABLE)\n"
    )
    for salt, kind in (("os.urandom(8).hex()", calling.FORBIDDEN), ("'summer'", calling.RETURNED)):
        assert learner.run_cell(cell.format(salt)) == ""
        assert call(learner, "f", "a", forbids=(calling.ELSEWHERE,)).kind == kind
        assert call(learner, "f", "a").kind == calling.RETURNED


# -- many questions ---------------------------------------------------------------------------------------------------


def kinds(outcomes: list[Outcome]) -> list[str]:
    return [outcome.kind for outcome in outcomes]


def test_many_questions_are_answered_in_their_order(learner: LearnerProcess) -> None:
    learner.run_cell("def f(n):\n    return n * n")
    count = 1_000
    outcomes = learner.call_many("f", [(number,) for number in range(count)], 2.0, ())
    assert [value(one) for one in outcomes] == [number * number for number in range(count)]
    assert not learner.ran_out
    assert learner.call_many("f", [], 2.0, ()) == []


COUNTERS = {
    "a global": "n = 0\ndef f():\n    global n\n    n += 1\n    return n",
    "a default": "def f(seen=[]):\n    seen.append(1)\n    return len(seen)",
    "a cache": "import functools, itertools\nc = itertools.count(1)\ndef f():\n    return next(c)",
    "a module": "import sys\ndef f():\n    sys.calls = getattr(sys, 'calls', 0) + 1\n    return sys.calls",
    "a file": "def f():\n    try: open('n', 'a').write('x')\n    except OSError: pass\n"
    "    try: return len(open('n').read())\n    except OSError: return 1",
}


@pytest.mark.parametrize("kind", COUNTERS)
def test_a_count_begins_anew_with_each_check(kind: str, learner: LearnerProcess, zygote: Zygote) -> None:
    if kind == "a file" and zygote.level == NONE:
        pytest.skip("without a sandbox a file is a file")
    learner.run_cell(COUNTERS[kind])
    assert [value(one) for one in learner.call_many("f", [()] * 4, 2.0, ())] == [1, 2, 3, 4]
    assert [value(call(learner, "f")) for _ in range(4)] == [1] * 4


def test_a_fork_that_is_ready_before_anybody_listens_is_known(
    learner: LearnerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Channel.send_descriptor

    def send_and_dawdle(channel: Channel, descriptor: int) -> None:
        send(channel, descriptor)
        time.sleep(0.2)

    monkeypatch.setattr(Channel, "send_descriptor", send_and_dawdle)
    learner.run_cell("def f():\n    return 1")
    assert value(call(learner, "f")) == 1
    assert not learner.ran_out


AT_FORK = """
import contextlib, os, socket, time
seen = []
def look():
    sockets = []
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            sockets.append(socket.socket(fileno=number))
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        for one in sockets:
            with contextlib.suppress(OSError):
                seen.append(b"questions" in one.recv(1_000, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    for one in sockets:
        one.detach()
os.register_at_fork(before=look, after_in_parent=look)
def f():
    return any(seen)
"""


def test_a_hook_in_the_process_that_forks_sees_no_question(learner: LearnerProcess) -> None:
    learner.run_cell(AT_FORK)
    assert [value(call(learner, "f")) for _ in range(2)] == [False] * 2


@pytest.mark.parametrize(
    "end",
    ["os._exit(0)", "os.abort()", "ctypes.string_at(0)", "os.closerange(0, 64)"],
)
def test_a_call_that_ends_its_fork_is_the_last(end: str, learner: LearnerProcess) -> None:
    learner.run_cell(f"import ctypes, os\ndef f(n):\n    if n == 5:\n        {end}\n    return n")
    outcomes = learner.call_many("f", [(number,) for number in range(9)], 2.0, ())
    assert kinds(outcomes) == [calling.RETURNED] * 5 + [calling.CRASHED] * 4
    assert [value(one) for one in outcomes if one.kind == calling.RETURNED] == [0, 1, 2, 3, 4]
    assert learner.ran_out
    assert kinds(learner.call_many("f", [(1,)], 2.0, ())) == [calling.RETURNED]


def test_processes_that_end_in_calls_are_not_counted(learner: LearnerProcess) -> None:
    learner.run_cell("import os\ndef f():\n    os._exit(0)\ndef g():\n    return 1")
    for _ in range(process_module.MAX_STARTS):
        assert call(learner, "f").kind == calling.CRASHED
    assert value(call(learner, "g")) == 1


@pytest.mark.parametrize("block", ["", "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64)); "])
def test_after_a_call_that_does_not_return_no_more_are_made(
    block: str, learner: LearnerProcess, impatient: None
) -> None:
    learner.run_cell(f"import signal, time\ndef f(n):\n    if n == 2:\n        {block}time.sleep(60)\n    return n")
    started = time.monotonic()
    outcomes = learner.call_many("f", [(number,) for number in range(200)], 0.5, ())
    assert kinds(outcomes) == [calling.RETURNED] * 2 + [calling.TIMED_OUT] * 198
    assert time.monotonic() - started < 15
    assert value(call(learner, "f", 1)) == 1


def test_a_process_whose_cells_keep_nothing_answers_by_itself(
    forkless: LearnerProcess, learner: LearnerProcess
) -> None:
    cell = "import os\nmine = os.getpid()\ndef f(n):\n    return n, os.getpid() == mine"
    forkless.run_cell(cell)
    assert [value(one) for one in forkless.call_many("f", [(1,), (2,)], 2.0, ())] == [(1, True), (2, True)]
    assert kinds(forkless.call_many("f", [(1, 2), (1,)], 2.0, ())) == [calling.BAD_SIGNATURE] * 2
    assert value(call(forkless, "f", 3)) == (3, True)
    forkless.pause()  # so that the zygote, which serves one submission at a time, is free
    learner.run_cell(cell)
    assert value(call(learner, "f", 1)) == (1, False)


@pytest.mark.parametrize("end", ["os._exit(0)", "os.abort()", "os.closerange(0, 64)"])
def test_after_a_call_has_ended_such_a_process_a_fork_shows_which_one_did(end: str, forkless: LearnerProcess) -> None:
    forkless.run_cell(f"import os\ndef f(n):\n    if n == 5:\n        {end}\n    return n")
    outcomes = forkless.call_many("f", [(number,) for number in range(9)], 2.0, ())
    assert kinds(outcomes) == [calling.RETURNED] * 5 + [calling.CRASHED] * 4
    assert kinds(forkless.call_many("f", [(1,)], 2.0, ())) == [calling.RETURNED]


@pytest.mark.parametrize("block", ["", "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64)); "])
def test_such_a_process_keeps_the_time_limit_too(block: str, forkless: LearnerProcess, impatient: None) -> None:
    forkless.run_cell(f"import signal, time\ndef f(n):\n    if n == 2:\n        {block}time.sleep(60)\n    return n")
    outcomes = forkless.call_many("f", [(number,) for number in range(200)], 0.5, ())
    assert kinds(outcomes) == [calling.RETURNED] * 2 + [calling.TIMED_OUT] * 198
    assert value(call(forkless, "f", 1)) == 1
    assert forkless.run_cell("assert f(3) == 3") == ""


LATE_ANYHOW = {
    "in a call": "import time\ndef f():\n    time.sleep(60)",
    "in a call that can't be interrupted": "import signal, time\ndef f():\n"
    "    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n    time.sleep(60)",
    "in a cell": "import time\ntime.sleep(60)",
}


@pytest.mark.parametrize("starved", [True, False])
@pytest.mark.parametrize("where", LATE_ANYHOW)
def test_what_ran_out_of_time_deserves_another_try_only_if_it_waited_for_a_processor(
    where: str, starved: bool, learner: LearnerProcess, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, float]] = []
    monkeypatch.setattr(process_module, "was_starved", lambda *given: asked.append(given) or starved)
    learner.run_cell(LATE_ANYHOW[where], seconds=0.5)
    assert where == "in a cell" or call(learner, "f", seconds=0.5).kind == calling.TIMED_OUT
    assert learner.ran_out == starved
    assert [seconds for _, seconds in asked] == [0.5]
    assert 0 <= asked[0][0] < 60  # type: ignore[operator]


def test_each_call_has_its_own_time_however_many_there_are(learner: LearnerProcess, impatient: None) -> None:
    learner.run_cell("import time\ndef f():\n    time.sleep(0.2)\n    return 1")
    assert kinds(learner.call_many("f", [()] * 8, 0.5, ())) == [calling.RETURNED] * 8


def test_what_a_call_leaves_running_is_ended(learner: LearnerProcess, zygote: Zygote) -> None:
    if zygote.level == NONE:
        pytest.skip("without a sandbox only the submission's own process group is ended")
    learner.run_cell(
        "import os, time\n"
        "def f():\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0: time.sleep(100)\n"
        "        os._exit(0)\n"
        "    time.sleep(0.1)\n"
        "    return len([n for n in os.listdir('/proc') if n.isdigit()])\n"
    )
    assert [value(call(learner, "f")) for _ in range(3)] == [5] * 3  # first, learner's, fork, and its two or one


@pytest.mark.parametrize(
    "answers",
    ["[]", "3", "[1]", "[{}]", "[answer, answer]", "[{**answer, 'id': n} for n in range(3)]", "[{**answer, 'id': 1}]"],
)
def test_a_message_has_the_next_answers_in_their_order_and_no_more(learner: LearnerProcess, answers: str) -> None:
    right = {**Outcome(calling.RETURNED, packed=pack(True)).to_dict(), "id": 0}
    learner.run_cell(
        "import json, os, struct\n"
        f"answer = {right!r}\n"
        f"message = json.dumps({{'answers': {answers}}}).encode()\n"
        "def f():\n"
        "    for fd in range(3, 64):\n"
        "        try: os.write(fd, struct.pack('>I', len(message)) + message)\n"
        "        except OSError: pass\n"
        "    return False\n"
    )
    assert calling.RETURNED not in kinds(learner.call_many("f", [(), ()], 2.0, ()))


# -- time -------------------------------------------------------------------------------------------------------------


def test_one_end_time_holds_for_cells_calls_and_what_is_run_again(zygote: Zygote, impatient: None) -> None:
    started = time.monotonic()
    with LearnerProcess(zygote, seconds=4.0) as learner:
        learner.run_cell("import os, time\ntime.sleep(1)")
        said = learner.run_cell("os._exit(1)")
        while time.monotonic() < started + 4:
            said = learner.run_cell("time.sleep(1)")
        assert "did not end" in said or not said
        with pytest.raises(GaveUp, match="longer than 4 s"):
            learner.run_cell("1")
        with pytest.raises(GaveUp, match="longer than 4 s"):
            call(learner, "f")
        assert learner.ran_out
    assert time.monotonic() - started < 15


def test_a_cell_that_is_run_again_can_not_tell_by_numbers(learner: LearnerProcess, zygote: Zygote) -> None:
    tell = "numbers = get_ipython().execution_count, len(In), sorted(os.listdir())"
    if zygote.level != NONE:
        tell += ", os.getpid(), os.getuid()"
    learner.run_cell("import os")
    learner.run_cell("os._exit(1)")
    learner.run_cell(f"{tell}\ndef f():\n    return repr(numbers)")
    first = value(call(learner, "f"))
    learner.pause()
    assert value(call(learner, "f")) == first


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("return 1", ()),
        ("a['x'] = 2", (0,)),
        ("a['y'] = a.pop('y'); return a", (0,)),
        ("a['y'] = a", (0,)),
        ("b.append(print)", (1,)),
        ("a.clear(); b.clear()", (0, 1)),
        ("b.append(1); b.pop()", ()),
        ("a.clear(); raise ValueError", (0,)),
        ("a = {}", ()),
    ],
)
def test_an_outcome_says_which_arguments_came_back_changed(
    body: str, changed: tuple[int, ...], learner: LearnerProcess
) -> None:
    learner.run_cell(f"def f(a, b):\n    {body}")
    assert call(learner, "f", {"y": 1, "x": 1}, [3]).changed == changed
