"""SessionStore: who is logged in, by an id that nobody can guess."""

import base64
import hashlib
import math
import random
import re
import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from ...inside.calling import CHANGES
from ...judging.aspects import written
from ...judging.exercise import RETURNS, Exercise, Fresh, Mistakes
from ...judging.play import Earlier, ExpectedCall, another, decided_by_chance, does
from ...judging.trial import Trial
from ...judging.verdict import ALL, HALF
from .common import anything, plain, play

RULES = {
    "1": "An id is a new text each time, of 22 to 256 characters from A-Z, a-z, 0-9, - and _. A user's name may be any "
    "text, and does not matter for that.",
    "2 chance": "128 bits at least of an id are drawn from `secrets` for it. What is made of a name, a counter or the "
    "time can be computed, also if it looks random (RFC 6749 §10.10).",
    "2 user": "The id says nothing about the user: it travels, and everyone who sees it may know only that it is one.",
    "3": "`get` knows an id from `create` on until `destroy`, as often as it is asked.",
    "3 unknown": "An id that is not, or no longer, known belongs to nobody: KeyError.",
    "4": "`destroy` ends that session and no other. If there is none, nothing happens: a logout may come twice.",
    "5": "A user may have several sessions, and every store has its own.",
}
ID = re.compile(r"[A-Za-z0-9_-]{22,256}")
SAMPLES, PAIRS = 200, 16
LIKELY_BITS = 124.0
"""128, less what an estimate from that many samples may miss."""
_IS_ID = "return an id of 22 to 256 characters from A-Z, a-z, 0-9, - and _"


def trials(source: random.Random) -> Iterator[Trial]:
    """All plays."""
    ada, bob = (f"{name}-{source.randbytes(3).hex()}" for name in ("ada", "bob"))
    w = SimpleNamespace(ada=ada, bob=bob, unknown=base64.urlsafe_b64encode(source.randbytes(16)).decode()[:22])
    yield plain("one session", logs_in(ada), gets(0, ada))
    yield from _ids(w)
    yield from _known(w)
    yield from _ended(w)


def logs_in(user: str) -> ExpectedCall:
    """A step that begins a session."""
    return does("create", user, gives=_is_new_id, must=_IS_ID)


def gets(number: int, user: Any) -> ExpectedCall:
    """A step that asks for the session of that number."""
    return does("get", Earlier(number), gives=user)


def ends(session_id: Any) -> ExpectedCall:
    """A step that ends a session."""
    return does("destroy", session_id, gives=anything, must="end the session without an exception")


def _is_new_id(value: Any, before: list[Any]) -> bool | str:
    if not isinstance(value, str):
        return f"it must return text, not {type(value).__name__}"
    if 8 <= len(value) < 22:
        return "it must return an id of 22 characters or more: 16 random bytes are 22 in base64url, 32 in hexadecimal"
    if len(value) > 256:
        return "it must return an id of 256 characters at most"
    if len(value) < 22:
        return False
    if strange := set(re.sub(r"[A-Za-z0-9_-]", "", value)):
        base64s = "" if strange - set("+/=") else " and no +, / or ="
        return f"it must return an id of the characters A-Z, a-z, 0-9, - and _ only{base64s}"
    return value not in before or "it must return an id that was not given out before"


def _ids(w: Any) -> Iterator[Trial]:
    names = {"an empty name": "", "odd letters": "zo\u00eb van 't Hoff", "half a character": "\ud800", "a digit": "0"}
    names |= {
        "a long name": w.ada * 500,
        "None": "None",
        "a line break": "a\nb",
        "spaces around": f" {w.ada} ",
        "capitals": w.ada.upper(),
        "what looks like an id": w.unknown,
    }
    for text, name in names.items():
        yield play(text, logs_in(name), does("get", Earlier(0), gives=name), rule="1")
    enough = "return an id that 128 bits at least from `secrets` decide"
    much = decided_by_chance("create", w.ada, bits=64, must=enough)
    yield play("the bits that decide an id, 64 at least", much, rule="2 chance", stake=ALL)
    all_bits = decided_by_chance("create", w.ada, bits=128, must=enough)
    yield play("the bits that decide an id", all_bits, rule="2 chance", stake=HALF)
    last = does("create", w.ada, gives=_all_may_differ, must="return an id that nobody can guess")
    yield play("many ids of one user", *(logs_in(w.ada) for _ in range(SAMPLES - 1)), last, rule="2 chance", stake=HALF)
    stores = [step for _ in range(12) for step in (logs_in(w.ada), another())]
    yield play("ids of many stores", *stores, logs_in(w.ada), rule="2 chance", stake=ALL)
    users = {"two users": (w.ada, w.bob), "a short and a long name": ("eve", "maximilian-konstantin")}
    users |= {"names of letters": ("adalovelace", "bobbybrown1")}
    for text, (one, other) in users.items():
        steps = [logs_in(one) for _ in range(PAIRS)] + [logs_in(other) for _ in range(PAIRS - 1)]
        silent = does("create", other, gives=_says_nothing, must="return an id that says nothing about the user")
        yield play(f"ids of {text}", *steps, silent, rule="2 user")


def _all_may_differ(value: Any, before: list[Any]) -> bool | str:
    """Whether the characters seen at each place could hold 128 bits."""
    ids = [*before, value]
    if not all(isinstance(one, str) and ID.fullmatch(one) for one in ids) or len(set(ids)) < len(ids):
        return f"it must {_IS_ID}, a new one each time"
    width = max(map(len, ids))
    bits = sum(math.log2(len({one.ljust(width)[place] for one in ids})) for place in range(width))
    return bits >= LIKELY_BITS or "it must return an id with at least 128 random bits in it"


def _says_nothing(value: Any, before: list[Any]) -> bool:
    """Whether nothing parts the first user's ids from the second's: no length, and no character at any place."""
    ids = [*before, value]
    if not all(isinstance(one, str) for one in ids):
        return False
    one, other = ids[:PAIRS], ids[PAIRS:]
    if {len(id_) for id_ in one}.isdisjoint({len(id_) for id_ in other}):
        return False
    width = min(map(len, ids))
    places = [*range(width), *range(-width, 0)]
    fixed = [[{id_[place] for id_ in group} for group in (one, other)] for place in places]
    return not any(len(mine) == len(theirs) == 1 and mine != theirs for mine, theirs in fixed)


def _known(w: Any) -> Iterator[Trial]:
    yield play(
        "asked three times", logs_in(w.ada), gets(0, w.ada), gets(0, w.ada), gets(0, w.ada), rule="3", stake=HALF
    )
    yield play("two users", logs_in(w.ada), logs_in(w.bob), gets(1, w.bob), gets(0, w.ada), rule="3", stake=HALF)
    for text, wrong in {"an id never given": w.unknown, "an empty id": "", "the user's name": w.ada}.items():
        asked = does("get", wrong, gives=KeyError)
        yield play(text, logs_in(w.ada), asked, gets(0, w.ada), rule="3 unknown", bad=True)
    for change in list(CHANGES)[1:]:
        changed = does("get", Earlier(0, change), gives=KeyError)
        yield play(f"its id, {change}", logs_in(w.ada), changed, gets(0, w.ada), rule="3 unknown", bad=True)
        other = (logs_in(w.ada), ends(Earlier(0, change)), gets(0, w.ada))
        yield play(f"destroy of its id, {change}", *other, rule="4")
    yield play("an empty store", does("get", w.unknown, gives=KeyError), rule="3 unknown", bad=True)
    twice = (logs_in(w.ada), logs_in(w.ada), gets(0, w.ada), gets(1, w.ada))
    yield play("two sessions of one user", *twice, rule="5", stake=HALF)
    forty = (*(logs_in(w.ada) for _ in range(40)), gets(0, w.ada), gets(39, w.ada))
    yield play("forty sessions of one user", *forty, rule="5")
    other = (logs_in(w.ada), another(), does("get", Earlier(0), gives=KeyError))
    yield play("another store", *other, rule="5", bad=True)
    own = (logs_in(w.ada), another(), logs_in(w.bob), gets(2, w.bob), does("get", Earlier(0), gives=KeyError))
    yield play("another store with a session", *own, rule="5", bad=True)


def _ended(w: Any) -> Iterator[Trial]:
    gone = does("get", Earlier(0), gives=KeyError)
    yield play("a destroyed session", logs_in(w.ada), ends(Earlier(0)), gone, rule="4", bad=True, stake=ALL)
    empty = (logs_in(""), ends(Earlier(0)), gone)
    yield play("a destroyed session of an empty name", *empty, rule="4", bad=True)
    again = (logs_in(w.ada), logs_in(w.bob), ends(Earlier(1)), ends(Earlier(1)), gets(0, w.ada))
    yield play("destroyed twice", *again, does("get", Earlier(1), gives=KeyError), rule="4", bad=True)
    phone = (logs_in(w.ada), logs_in(w.ada), ends(Earlier(0)), gets(1, w.ada))
    yield play("the other session of the user", *phone, rule="4")
    yield play("the docstring's example", *phone)
    yield play("nothing to destroy", ends(w.unknown), rule="4")
    yield play("nothing of that id to destroy", logs_in(w.ada), ends(w.unknown), ends(""), gets(0, w.ada), rule="4")
    yield play("the name is no id", logs_in(w.ada), ends(w.ada), gets(0, w.ada), rule="4")
    anew = (logs_in(w.ada), ends(Earlier(0)), logs_in(w.ada), gone, gets(2, w.ada))
    yield play("logged in again", *anew, rule="4", bad=True)


class Sessions:
    """A right SessionStore; each mistake changes one of its methods."""

    def __init__(self) -> None:
        self.users: dict[str, Any] = {}

    def new_id(self, user: str) -> Any:
        """An id."""
        return secrets.token_urlsafe(16)

    def create(self, user: str) -> Any:
        """Begin a session."""
        session_id = self.new_id(user)
        self.users[session_id] = user
        return session_id

    def get(self, session_id: str) -> Any:
        """Whose session it is."""
        return self.users[session_id]

    def destroy(self, session_id: str) -> None:
        """End a session."""
        self.users.pop(session_id, None)


def wrong(**methods: Callable[..., Any]) -> type:
    """Sessions with some methods changed."""
    return type("Wrong", (Sessions,), methods)


def _ids_by(make: Callable[[Any, str], Any]) -> type:
    return wrong(new_id=lambda self, user: make(self, user))


def _hashed(known: str) -> str:
    return hashlib.sha256(known.encode(errors="replace")).hexdigest()


def _shared() -> type:
    everyone: dict[str, Any] = {}
    return wrong(__init__=lambda self: setattr(self, "users", everyone))


def _or_value_error(self: Any, session_id: str) -> Any:
    if session_id not in self.users:
        raise ValueError("no such session")
    return self.users[session_id]


def _or_key_error(self: Any, session_id: str) -> Any:
    user = self.users.get(session_id)
    if not user:
        raise KeyError(session_id)
    return user


def _without(self: Any, user: Any) -> None:
    self.users = {one: of for one, of in self.users.items() if of != user}


def _one_each(self: Any, user: str) -> Any:
    _without(self, user)
    return Sessions.create(self, user)


def _empties(self: Any, session_id: str) -> None:
    if session_id in self.users:
        self.users[session_id] = ""


MISTAKES: Mistakes = {
    RETURNS: {
        "The id has fewer than 22 characters: 16 random bytes are 22 in base64url, 32 in hexadecimal. Take 16 bytes or "
        "more, for instance `secrets.token_urlsafe(16)`.": _ids_by(lambda self, user: secrets.token_hex(8)),
        "An id this short can be found by trying, and a counter needs no trying at all. 128 random bits are 22 "
        "characters: `secrets.token_urlsafe(16)`.": _ids_by(lambda self, user: str(len(self.users) + 1)),
        "The id is bytes; it has to travel as text. `token_urlsafe` or `token_hex` gives text.": _ids_by(
            lambda self, user: secrets.token_bytes(32)
        ),
        "In the id there is +, / or =, as in plain base64. In an address or a cookie they mean something else; "
        "`secrets.token_urlsafe` has none.": _ids_by(
            lambda self, user: base64.b64encode(secrets.token_bytes(16)).decode()
        ),
    },
    "1": {
        "An empty name counts as no session. Ask whether the id is there, not `if user`.": wrong(get=_or_key_error),
    },
    "2 chance": {
        "The id is made from what does not change, such as the user's name alone: the same at each login, and anyone "
        "who knows that has it. Draw it from `secrets`.": _ids_by(lambda self, user: _hashed(user)),
        "Nothing is drawn for this id: it is computed, of a name or a counter for instance, and who knows what goes in "
        "computes it, too. A hash of that looks random and is not. Draw it from `secrets`.": _ids_by(
            lambda self, user: _hashed(f"{user}{len(self.users)}")
        ),
        "Nothing that is drawn anew decides this id. A hash of the time or of a counter can be computed: draw each id "
        "from `secrets`.": _ids_by(lambda self, user: _hashed(f"{user}{time.perf_counter_ns()}")),
        "A UUID of version 4 has 122 random bits, and RFC 9562 §8 says not to rely on its being hard to guess. Use "
        "`secrets.token_urlsafe(16)`.": _ids_by(lambda self, user: str(uuid.uuid4())),
        "Of this id 96 bits are chance, 12 bytes or 24 characters of hexadecimal. It takes 128: 16 bytes.": _ids_by(
            lambda self, user: secrets.token_hex(12)
        ),
        "64 bits of chance stay 64, however long the text is that is made of them. Draw 16 bytes or more.": _ids_by(
            lambda self, user: hashlib.sha256(secrets.token_bytes(8)).hexdigest()
        ),
    },
    "2 user": {
        "The id shows something of the user, the name or a hash of it, to everyone who sees it. The id says nothing; "
        "the store knows.": _ids_by(lambda self, user: f"{_hashed(user)[:12]}-{secrets.token_urlsafe(16)}"),
    },
    "3": {
        "`get` ends the session: the second request finds nothing. Only `destroy` removes it.": wrong(
            get=lambda self, session_id: self.users.pop(session_id)
        ),
    },
    ("3 unknown", "4", "5"): {
        "An unknown id gives None, and a caller who does not look lets None in. Raise KeyError.": wrong(
            get=lambda self, session_id: self.users.get(session_id)
        ),
        "An unknown id raises ValueError; the docstring says KeyError, as a dict does it.": wrong(get=_or_value_error),
    },
    "3 unknown": {
        "A user's name is taken for an id, and a name is known to everybody. Only ids open.": wrong(
            get=lambda self, one: one if one in self.users.values() else self.users[one]
        ),
    },
    "4": {
        "After `destroy` the id is still good, so nobody is ever logged out. Remove it.": wrong(
            destroy=lambda self, session_id: None
        ),
        "To end a session twice, or one that is not there, raises an exception. A logout that comes twice is no "
        "error.": wrong(destroy=lambda self, session_id: self.users.pop(session_id) and None),
        "`destroy` ends all sessions of the user: who logs out on the laptop is thrown off the phone.": wrong(
            destroy=lambda self, session_id: _without(self, self.users.get(session_id))
        ),
        "`destroy` ends a session that it was not asked to end, or all of them. Remove that one and no other.": wrong(
            destroy=lambda self, session_id: self.users.clear()
        ),
        "A destroyed id still answers, with an empty name. Remove it, so that `get` raises KeyError.": wrong(
            destroy=_empties
        ),
    },
    "5": {
        "Every SessionStore has the same sessions: they are kept in the class, outside of it or in a default value. "
        "Begin anew in `__init__`: `self.users = {}`.": Fresh(_shared),
    },
    ("4", "5"): {
        "A second login ends the first session. Keep *id → user*, so a user may have several.": wrong(create=_one_each),
    },
}

session_store = Exercise(
    name="SessionStore",
    points=5,
    spec="RFC 10025 §8.4; RFC 6749 §10.10",
    hints=(
        "Two things are needed: a place to keep *id → user*, and ids that nobody can guess. Where does an object make "
        "what belongs to it alone?",
        "`__init__` makes an empty dict. `create` draws an id from `secrets`, puts the user under it and returns it. "
        "What does a dict do by itself when you ask for a key that is not there?",
        "`create`: `session_id = secrets.token_urlsafe(16)`, `self.users[session_id] = user`, `return session_id`. "
        "`get`: `return self.users[session_id]`. `destroy`: `self.users.pop(session_id, None)`.",
    ),
    forbids=("random.Random",),
    because="624 numbers of that generator, which `random.randint`, `random.choice` and all others of the module ask, "
    "tell all that follow; `secrets` asks the operating system",
    rules=RULES,
    source=written(trials),
    mistakes=MISTAKES,
)
