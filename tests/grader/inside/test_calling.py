"""One call of a learner's function: whatever it does, the result is an Outcome, and nothing is left behind."""

import _hashlib
import contextlib
import fractions
import functools
import hashlib
import hmac
import io
import json
import os
import random
import secrets
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.inside import calling
from grader.inside.calling import Outcome, invoke
from grader.inside.limit import TimeUp
from grader.inside.values import pack, unpack
from jwt_from_scratch.services import p256

SOON = 0.15
"""A time limit for those who run into it."""
HMAC = ("hmac", "cryptography")


def invoked(function: Any, *args: Any, seconds: float = 2.0, forbids: tuple[str, ...] = ()) -> Outcome:
    outcome = invoke({"f": function}, "f", args, seconds, forbids)
    if outcome.kind == calling.FORBIDDEN:
        assert calling.to_watch({"f": function}, "f", forbids) == forbids, "what uses it must be watched"
    return outcome


@pytest.fixture(autouse=True)
def nothing_stays_behind() -> Iterator[None]:
    """After every test of this file: no profile hook, the same alarm handler, no alarm under way."""
    before = signal.getsignal(signal.SIGALRM)
    yield
    assert sys.getprofile() is None
    assert threading.getprofile() is None
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_a_function_returns_is_packed() -> None:
    outcome = invoked(lambda a, b: (a, [b]), 1, b"x")
    assert outcome.kind == calling.RETURNED
    assert unpack(outcome.packed) == (1, [b"x"])
    assert outcome.printed == 0


def test_a_missing_name() -> None:
    outcome = invoke({}, "b64u_encode", (b"",), 1)
    assert outcome.kind == calling.MISSING
    assert outcome.text == "b64u_encode is not defined yet: run the cell that defines it"


@pytest.mark.parametrize("value", [3, "text", [], object()], ids=["int", "str", "list", "object"])
def test_a_name_that_is_no_function(value: Any) -> None:
    outcome = invoked(value)
    assert outcome.kind == calling.MISSING
    assert f"{type(value).__name__}, not a function" in outcome.text


@pytest.mark.parametrize(
    ("function", "args", "says"),
    [
        (lambda: 1, (1,), "called with 1 argument, but yours is f()"),
        (lambda a, b: 1, (1,), "called with 1 argument, but yours is f(a, b)"),
        (lambda a, *, b: 1, (1, 2), "called with 2 arguments, but yours is f(a, *, b)"),
        (functools.partial(lambda a: 1), (1, 2), "called with 2 arguments"),
    ],
)
def test_a_wrong_signature_is_said_so(function: Any, args: tuple[Any, ...], says: str) -> None:
    outcome = invoked(function, *args)
    assert outcome.kind == calling.BAD_SIGNATURE
    assert says in outcome.text


@pytest.mark.parametrize("function", [lambda a, b=2: a, lambda *a, **k: a[0], lambda a, /: a, "bound", "class"])
def test_other_signatures_that_take_the_arguments_are_fine(function: Any) -> None:
    class Kind:
        def method(self, a: Any) -> Any:
            return a

        def __call__(self, a: Any) -> Any:
            return a

    function = {"bound": Kind().method, "class": Kind()}.get(function, function) if type(function) is str else function
    assert invoked(function, 7) == Outcome(calling.RETURNED, pack(7))


def test_a_type_error_from_inside_is_no_wrong_signature() -> None:
    def f(a: Any) -> Any:
        return len(a)

    outcome = invoked(f, 3)
    assert outcome.kind == calling.RAISED
    assert outcome.names[0] == "TypeError"


def test_signatures_that_fight_back() -> None:
    class NotOne:
        __signature__ = 5

        def __call__(self, a: Any) -> Any:
            return a

    class Unprintable:
        def __repr__(self) -> str:
            raise RuntimeError("never shown")

    def default(a: Any, b: Any = Unprintable()) -> Any:
        return a

    assert invoked(NotOne(), 1).kind == calling.RETURNED
    assert invoked(default).kind == calling.BAD_SIGNATURE
    assert invoked(max, [1, 2]).kind == calling.RETURNED


def test_an_endless_loop_ends() -> None:
    def f() -> None:
        while True:
            pass

    started = time.monotonic()
    outcome = invoked(f, seconds=SOON)
    assert outcome == Outcome(calling.TIMED_OUT, text=f"it did not return within {SOON} s")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("caught", [Exception, ValueError])
def test_a_loop_that_catches_exceptions_ends_too(caught: type[Exception]) -> None:
    def f() -> None:
        while True:
            with contextlib.suppress(caught):
                while True:
                    pass

    assert invoked(f, seconds=SOON).kind == calling.TIMED_OUT


def test_a_loop_that_swallows_everything_a_few_times_meets_the_alarm_again() -> None:
    swallowed = []

    def f() -> None:
        while True:
            try:
                while True:
                    pass
            except BaseException as error:
                if len(swallowed) == 3:
                    raise
                swallowed.append(error)

    assert invoked(f, seconds=SOON).kind == calling.TIMED_OUT
    assert [type(error) for error in swallowed] == [TimeUp] * 3


def test_sleeping_is_interrupted() -> None:
    assert invoked(lambda: time.sleep(30), seconds=SOON).kind == calling.TIMED_OUT


@pytest.mark.parametrize(
    ("error", "names"),
    [
        (SystemExit(0), ("SystemExit", "BaseException")),
        (KeyboardInterrupt(), ("KeyboardInterrupt", "BaseException")),
        (GeneratorExit(), ("GeneratorExit", "BaseException")),
        (KeyError("k"), ("KeyError", "LookupError", "Exception", "BaseException")),
        (RecursionError(), ("RecursionError", "RuntimeError", "Exception", "BaseException")),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), ("UnicodeDecodeError", "UnicodeError", "ValueError")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_exception_is_an_outcome(error: BaseException, names: tuple[str, ...]) -> None:
    def f() -> None:
        raise error

    outcome = invoked(f)
    assert outcome.kind == calling.RAISED
    assert outcome.names[: len(names)] == names


def test_exceptions_count_by_their_built_in_ancestors() -> None:
    class Own(ValueError):
        pass

    class ValueErrorInNameOnly(Exception):
        pass

    ValueErrorInNameOnly.__name__ = "ValueError"
    ValueErrorInNameOnly.__module__ = "builtins"

    def own() -> None:
        raise Own("mine")

    def pretended() -> None:
        raise ValueErrorInNameOnly

    assert invoked(own).names == ("ValueError", "Exception", "BaseException")
    assert invoked(pretended).names == ("Exception", "BaseException")


def test_exceptions_that_fight_back() -> None:
    class BrokenText(ValueError):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    class WorseText(ValueError):
        def __str__(self) -> str:
            raise SystemExit(0)

    class Meta(type):
        @property
        def __module__(cls) -> str:  # type: ignore[override]
            raise RuntimeError("no module")

    class NoModule(ValueError, metaclass=Meta):
        pass

    for kind in (BrokenText, WorseText, NoModule):

        def f(kind: type[ValueError] = kind) -> None:
            raise kind()

        outcome = invoked(f)
        assert outcome.kind == calling.RAISED
        assert "ValueError" in outcome.names
        assert outcome.text == ("NoModule" if kind is NoModule else "")


def test_an_exception_without_a_text_is_told_by_its_name() -> None:
    class InvalidSignature(Exception):
        pass

    def raising(error: BaseException) -> Callable[[], None]:
        def f() -> None:
            raise error

        return f

    for error, says in (
        (InvalidSignature(), "InvalidSignature"),
        (InvalidSignature("no"), "no"),
        (ValueError(), ""),
        (KeyError("alg"), "'alg'"),
    ):
        assert invoked(raising(error)).text == says


def test_an_exception_says_where_and_its_text_is_safe() -> None:
    source = 'def inner():\n    raise ValueError("\\x1b[31m" + "x" * 1000 + "\\n")\n\ndef f():\n    return inner()\n'
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    outcome = invoke(namespace, "f", (), 1)
    assert outcome.where == "inner, line 2"
    assert "\x1b" not in outcome.text
    assert "\n" not in outcome.text
    assert len(outcome.text) <= 160


def test_printing_is_counted_and_kept_away(capsys: pytest.CaptureFixture[str]) -> None:
    def f() -> int:
        print("hello")
        print("world", file=sys.stderr)
        sys.stdout.write("!")
        return 1

    outcome = invoked(f)
    assert (outcome.kind, outcome.printed) == (calling.RETURNED, len("hello\nworld\n!"))
    assert capsys.readouterr() == ("", "")


def test_a_flood_of_prints_keeps_no_memory() -> None:
    def f() -> None:
        for _ in range(200):
            print("x" * 100_000)

    assert invoked(f).printed == 200 * 100_001


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: b"x" * 2_000_000, "too large"),
        (lambda: 1 << 80_000_000, "too large"),
        (lambda: (x for x in "abc"), "type generator"),
        (lambda: {1, 2}, "type set"),
        (lambda: bytearray(b"x"), "type bytearray"),
        (lambda: io.BytesIO(), "type BytesIO"),
        (lambda: type("\x1b[31mBad", (), {})(), "type \\x1b[31mBad"),
        (lambda: type("X" * 500, (), {})(), "..."),
    ],
)
def test_results_that_are_not_plain_values(make: Callable[[], Any], says: str) -> None:
    outcome = invoked(make)
    assert outcome.kind == calling.NOT_PLAIN
    assert says in outcome.text
    assert len(outcome.text) < 200


def test_a_generator_function_and_a_coroutine_are_no_answers() -> None:
    def generator() -> Iterator[int]:
        yield 1

    assert invoked(generator).kind == calling.NOT_PLAIN


def test_the_learners_names_are_not_changed() -> None:
    namespace = {"f": lambda: 1, "x": 2}
    before = dict(namespace)
    invoke(namespace, "f", (), 1)
    assert namespace == before


# -- the wire's form --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(calling.RETURNED, packed=pack({"a": (1, b"x")}), printed=3),
        Outcome(calling.RAISED, names=("ValueError", "Exception"), text="bad", where="f, line 2"),
        Outcome(calling.TIMED_OUT, text="it did not return within 2 s"),
        Outcome(calling.FORBIDDEN, text="it uses hmac.new"),
    ],
)
def test_an_outcome_survives_the_wire(outcome: Outcome) -> None:
    assert Outcome.from_dict(outcome.to_dict()) == outcome


GOOD = Outcome(calling.RETURNED, packed=pack(1)).to_dict()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": ""},
        {"kind": "right"},
        {"kind": calling.CRASHED},
        {"kind": 3},
        {"packed": ""},
        {"packed": "[[["},
        {"packed": " " + "[" * 90_000},
        {"packed": '{"a":' * 30_000},
        {"packed": "1"},
        {"packed": "NaN"},
        {"packed": ' "a"'},
        {"packed": '"\\u0041"'},
        {"packed": json.dumps("a" * 200_000)},
        {"packed": '["f","0x1p99999"]'},
        {"packed": "[ null ]"},
        {"packed": '["i","1"]'},
        {"packed": '["d",["b",1],["a",2]]'},
        {"packed": None},
        {"printed": float("inf")},
        {"printed": float("nan")},
        {"printed": "x"},
        {"printed": None},
        {"names": 3},
        {"names": None},
        {"names": [3]},
        {"names": [json.loads("[" * 900 + "]" * 900)]},
        {"text": 5},
        {"where": []},
        {"changed": [-1]},
        {"changed": [10**9]},
        {"changed": [0] * 2_000},
    ],
    ids=lambda change: str(list(change)),
)
def test_a_forged_outcome_is_refused(change: dict[str, Any]) -> None:
    """Above all the kind "": an empty verdict would mean that the answer was right."""
    with pytest.raises((TypeError, ValueError, KeyError)):
        Outcome.from_dict({**GOOD, **change})


@given(
    st.dictionaries(
        st.sampled_from(Outcome._fields),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=400),
            lambda inner: st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_whatever_the_wire_brings_is_an_outcome_or_refused(change: dict[str, Any]) -> None:
    try:
        outcome = Outcome.from_dict({**GOOD, **change})
    except (TypeError, ValueError, KeyError):
        return
    for text in (outcome.text, outcome.where, *outcome.names):
        assert all(" " <= c <= "~" for c in text)
        assert len(text) <= 300
    assert len(outcome.names) <= 10


# -- policy -----------------------------------------------------------------------------------------------------------


def from_import(key: bytes) -> bytes:
    from hmac import new as innocent

    return innocent(key, b"m", "sha256").digest()


def by_getattr(key: bytes) -> bytes:
    return getattr(sys.modules["h" + "mac"], "n" + "ew")(key, b"m", "sha256").digest()


def swallowing(key: bytes) -> bytes:
    try:
        return hmac.new(key, b"m", "sha256").digest()
    except BaseException:
        return b""


def in_a_thread(key: bytes) -> bytes:
    answer: list[bytes] = []
    thread = threading.Thread(target=lambda: answer.append(hmac.digest(key, b"m", "sha256")))
    thread.start()
    thread.join()
    return answer[0] if answer else b""


def hook_removed(key: bytes) -> bytes:
    sys.setprofile(None)
    return hmac.new(key, b"m", "sha256").digest()


def rust(key: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives import hmac as other

    mac = other.HMAC(key, hashes.SHA256())
    mac.update(b"m")
    return bytes(mac.finalize())


kept = hmac.digest


@pytest.mark.parametrize(
    "function",
    [
        lambda key: hmac.new(key, b"m", "sha256").digest(),
        lambda key: hmac.digest(key, b"m", "sha256"),
        lambda key: hmac.HMAC(key, b"m", "sha256").digest(),
        lambda key: kept(key, b"m", "sha256"),
        lambda key: _hashlib.hmac_digest(key, b"m", "sha256"),
        lambda key: _hashlib.hmac_new(key, b"m", "sha256").digest(),
        lambda key: max([key], key=lambda k: hmac.digest(k, b"m", "sha256")),
        from_import,
        by_getattr,
        swallowing,
        in_a_thread,
        hook_removed,
        rust,
        functools.partial(hmac.digest, msg=b"m", digest="sha256"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_forbidden_functions_are_noticed(function: Callable[[bytes], bytes]) -> None:
    outcome = invoked(function, b"k", forbids=HMAC)
    assert outcome.kind == calling.FORBIDDEN
    assert outcome.text.startswith("it uses ")


def test_the_message_names_what_was_used() -> None:
    assert invoked(lambda: hmac.new(b"k", b"m", "sha256"), forbids=HMAC).text == "it uses hmac.new"
    # Making an object does not mention `__init__`, so the message does not either.
    assert invoked(lambda: fractions.Fraction(1), forbids=("fractions",)).text == "it uses fractions"


LINES = """
import hmac, threading, fractions
from functools import partial


def helper(key):
    return hmac.digest(key, b"m", "sha256")


def direct(key):
    made = [helper, hmac.new]

    return made[1](key, b"m", "sha256")


def by_a_helper(key):
    return max([key], key=helper)


def swallowed(key):
    for _ in range(2):
        try:
            helper(key)
        except BaseException:
            key = key + key
    return direct(key)


def in_a_thread(key):
    one = threading.Thread(target=helper, args=(key,))
    one.start()
    one.join()


class Direct:
    def ask(self, key):
        return helper(key)


alias = hmac.new
bound = partial(hmac.digest, msg=b"m", digest="sha256")
"""


@pytest.mark.parametrize(
    ("name", "where"),
    {
        "direct": "direct, line 13",
        "by_a_helper": "helper, line 7",
        "swallowed": "helper, line 7",
        "in_a_thread": "",
        "alias": "",
        "bound": "",
    }.items(),
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("module", ["__main__", None, [], "hmac_of_mine"], ids=repr)
def test_the_place_of_what_is_forbidden_is_the_innermost_line_of_the_learner(
    name: str, where: str, module: Any
) -> None:
    namespace: dict[str, Any] = {"__name__": module}
    exec(LINES, namespace)
    outcome = invoke(namespace, name, (b"k",) if name != "alias" else (b"k", b"m", "sha256"), 2.0, HMAC)
    assert (outcome.kind, outcome.where) == (calling.FORBIDDEN, where)
    assert Outcome.from_dict(outcome.to_dict()) == outcome


def test_the_place_of_what_is_forbidden_in_a_class_is_in_its_method() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(LINES, namespace)
    outcome = invoke(namespace, "Direct", (("ask", ((False, b"k"),)),), 2.0, HMAC)
    assert (outcome.kind, outcome.where) == (calling.FORBIDDEN, "helper, line 7")


def test_a_place_that_cannot_be_told_hides_nothing_of_what_is_forbidden() -> None:
    class Name:
        def __format__(self, spec: str) -> str:
            raise RuntimeError

    namespace: dict[str, Any] = {"__name__": Name()}
    exec(LINES, namespace)
    outcome = invoke(namespace, "swallowed", (b"k",), 2.0, HMAC)
    assert (outcome.kind, outcome.text, outcome.where) == (calling.FORBIDDEN, "it uses hmac.digest", "")


def test_a_single_function_can_be_forbidden_and_its_module_goes_on() -> None:
    only = ("jwt_from_scratch.services.p256.scalar_mul",)
    assert invoked(lambda: p256.point_add(p256.G, None), forbids=only).kind == calling.RETURNED
    outcome = invoked(lambda: p256.scalar_mul(2, p256.G), forbids=only)
    # Called by the name that the learner's code has for the module.
    assert (outcome.kind, outcome.text) == (calling.FORBIDDEN, "it uses p256.scalar_mul")
    copied = invoked(p256.scalar_mul, 2, p256.G, forbids=only)
    assert (copied.kind, copied.text, copied.where) == (calling.FORBIDDEN, f"it uses {only[0]}", "")
    source = "def f():\n    return other(2, G)\n"
    namespace = {"other": p256.scalar_mul, "G": p256.G, "__name__": []}
    exec(source, namespace)
    assert invoked(namespace["f"], forbids=only).text == f"it uses {only[0]}"


def test_a_module_that_is_no_longer_known_is_called_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    only = ("jwt_from_scratch.services.p256.scalar_mul",)
    namespace: dict[str, Any] = {"mul": p256.scalar_mul, "G": p256.G, "nothing": None}
    exec("def f():\n    return mul(2, G)", namespace)
    monkeypatch.delitem(sys.modules, p256.__name__)
    assert invoked(namespace["f"], forbids=only).text == f"it uses {only[0]}"


def test_the_built_in_hash_can_be_forbidden_and_other_hashes_go_on() -> None:
    by_another_name = hash
    assert invoked(lambda: by_another_name("x"), forbids=("hash",)).text == "it uses hash"
    fine = invoked(lambda: [hashlib.sha256(b"x").hexdigest(), {"x": 1}["x"], set("x") == {"x"}], forbids=("hash",))
    assert fine.kind == calling.RETURNED


def test_the_generator_of_random_can_be_forbidden_and_secrets_go_on() -> None:
    no_secret = ("random.Random",)
    for function in (
        lambda: random.choices("abc", k=3),
        lambda: random.getrandbits(128),
        lambda: random.Random(1).random(),
        lambda: random.randbytes(4),
        lambda: random.shuffle([1, 2, 3]),
    ):
        assert invoked(function, forbids=no_secret).text.startswith("it uses random.Random.")
    for function in (
        lambda: secrets.token_hex(),
        lambda: secrets.choice("abc"),
        lambda: secrets.randbelow(9),
        lambda: str(uuid.uuid4()),
        lambda: random.SystemRandom().random(),
    ):
        assert invoked(function, forbids=no_secret).kind == calling.RETURNED


def test_what_the_system_draws_can_be_forbidden_by_whatever_name_and_hashes_go_on() -> None:
    for function in (
        lambda: secrets.token_hex(),
        lambda: secrets.choice("abc"),
        lambda: os.urandom(4),
        lambda: random.SystemRandom().random(),
        lambda: str(uuid.uuid4()),
    ):
        assert invoked(function, forbids=("secrets",)).text.startswith("it uses secrets.")
    # Random values that are seeded with the arguments are the same in every process.
    for function in (lambda: random.Random("x").random(), lambda: str(uuid.uuid5(uuid.NAMESPACE_URL, "x"))):
        assert invoked(function, forbids=("secrets",)).kind == calling.RETURNED


def test_a_c_function_of_no_object_is_told_by_its_own_module_whatever_came_before() -> None:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    def f() -> Any:
        return str.maketrans("a", "b") and decode_dss_signature(bytes.fromhex("3006020101020101"))

    assert str.maketrans.__self__ is decode_dss_signature.__self__ is None  # type: ignore[attr-defined]
    for _ in range(2):
        assert invoked(f, forbids=("hmac",)).kind == calling.RETURNED
        assert invoked(f, forbids=(decode_dss_signature.__module__,)).kind == calling.FORBIDDEN


def test_a_package_forbids_its_modules_and_no_namesake() -> None:
    namespace: dict[str, Any] = {"__name__": "hmac_of_mine"}
    exec("def helper():\n    return 1\ndef f():\n    return helper()", namespace)
    assert invoke(namespace, "f", (), 1, ("hmac",)).kind == calling.RETURNED
    namespace["__name__"] = "hmac.inner"
    assert invoke(namespace, "f", (), 1, ("hmac",)).kind == calling.FORBIDDEN


def test_comparing_digests_hashing_and_the_like_are_allowed() -> None:
    import hashlib
    import secrets

    def f() -> bool:
        hashlib.sha256(b"x").digest()
        secrets.token_bytes(4)
        return hmac.compare_digest(b"a", b"a") and secrets.compare_digest("a", "a")

    assert invoked(f, forbids=("hmac", "cryptography", "jwt", "jwt_from_scratch")) == Outcome(
        calling.RETURNED, pack(True)
    )


def test_without_a_policy_everything_is_allowed() -> None:
    assert invoked(from_import, b"k").kind == calling.RETURNED


def test_a_profiler_that_ran_before_runs_again() -> None:
    def profiler(*_: Any) -> None:
        pass

    sys.setprofile(profiler)
    try:
        invoked(lambda: hmac.new(b"k", b"m", "sha256"), forbids=HMAC)
        after = sys.getprofile()
    finally:
        sys.setprofile(None)
    assert after is profiler
