"""grader.inside.aside: what a call prints is kept away, and nothing else is."""

import logging
import sys
import threading

import pytest

from grader.inside import calling


def test_what_other_threads_print_meanwhile_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    go, done = threading.Event(), threading.Event()

    def other() -> None:
        go.wait(10)
        print("out")
        print("err", file=sys.stderr, flush=True)
        done.set()

    def asked() -> bool:
        print("asked")
        go.set()
        return done.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    outcome = calling.call(asked, (), 20)
    thread.join(10)
    assert outcome.printed == len("asked\n")
    assert capsys.readouterr() == ("out\n", "err\n")


def test_a_stream_that_is_kept_is_the_real_one_after_the_call(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.Logger("mine")

    def asked() -> None:
        logger.addHandler(logging.StreamHandler())
        logger.warning("in the call")

    outcome = calling.call(asked, (), 20)
    logger.warning("afterwards")
    assert outcome.printed == len("in the call\n")
    assert capsys.readouterr().err == "afterwards\n"


def test_where_there_is_no_terminal_nothing_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows gives a program without a console no streams at all."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert calling.call(lambda: print("x"), (), 20).printed == 2
    assert (sys.stdout, sys.stderr) == (None, None)
