"""Many calls under one alarm: what each of them has for itself, and what is put back at the end."""

import signal
import sys
import time

import pytest

from grader.inside import calling
from grader.inside.series import Series


def test_in_a_series_each_call_has_its_own_time_and_its_own_output(capsys: pytest.CaptureFixture[str]) -> None:
    def sleep(seconds: float) -> str:
        print("x" * int(10 * seconds))
        time.sleep(seconds)
        return "done"

    streams, handler = (sys.stdout, sys.stderr), signal.getsignal(signal.SIGALRM)
    with Series(0.5) as series:
        outcomes = [calling.call(sleep, (seconds,), 0.5, series=series) for seconds in (0.3, 0.0, 0.3, 0.3, 5.0)]
    assert [outcome.kind for outcome in outcomes] == [calling.RETURNED] * 4 + [calling.TIMED_OUT]
    assert [outcome.printed for outcome in outcomes] == [4, 1, 4, 4, 51]
    assert (sys.stdout, sys.stderr) == streams
    assert signal.getsignal(signal.SIGALRM) == handler
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert capsys.readouterr().out == ""


def test_between_the_calls_of_a_series_no_time_is_up() -> None:
    with Series(0.1) as series:
        time.sleep(0.3)
        assert calling.call(int, (), 0.1, series=series).kind == calling.RETURNED
        time.sleep(0.3)
    time.sleep(0.15)


def test_an_alarm_at_the_very_end_of_a_series_is_not_set_again() -> None:
    with Series(60.0) as series:
        pass
    series._ring(signal.SIGALRM, None)  # as Python does if it came in the instruction that switched it off
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_a_series_a_loop_that_swallows_everything_meets_the_alarm_again() -> None:
    times = 0

    def swallow() -> None:
        nonlocal times
        while times < 3:
            try:
                time.sleep(60)
            except BaseException:
                times += 1
        time.sleep(60)

    with Series(0.1) as series:
        assert calling.call(swallow, (), 0.1, series=series).kind == calling.TIMED_OUT
    assert times == 3
