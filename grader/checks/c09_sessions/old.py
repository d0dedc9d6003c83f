"""Chapter 09: who keeps the list. Sessions, sticky routing, and a list of tokens refused before they expire."""

import base64
import hashlib
import math
import re
import secrets
import time
import uuid
from collections.abc import Callable
from typing import Any

from ...judging.legacy.case import Case, exercise
from ...judging.legacy.play import Earlier, Step, another, does

# -- SessionStore -----------------------------------------------------------------------------------------------------

_ID = re.compile(r"[A-Za-z0-9_-]{22,256}")
_SAMPLES = 200
_ENOUGH_BITS = 124.0
"""128, less what an estimate from that many samples may miss; a UUID has 122."""


@exercise(
    "SessionStore",
    points=5,
    spec="RFC 6265 §8.4; RFC 6749 §10.10",
    hints=(
        "Two things are needed: a place to keep *id → user*, and ids that nobody can guess. Where does an object make "
        "what belongs to it alone?",
        "`__init__` makes an empty dict. `create` draws an id from `secrets`, puts the user under it and returns it. "
        "What does a dict do by itself when you ask for a key that is not there?",
        "`create`: `session_id = secrets.token_urlsafe(16)`, `self.users[session_id] = user`, `return session_id`. "
        "`get`: `return self.users[session_id]`. `destroy`: `self.users.pop(session_id, None)`.",
    ),
    forbids=("random.Random",),
    because="624 numbers of that generator tell all that follow; `secrets` asks the operating system",
)
def SessionStore(case: Case) -> None:  # noqa: N802 - the name of the exercise
    """Who is logged in, by an id that nobody can guess."""
    ada, bob, odd = (f"{name}-{case.random.randbytes(3).hex()}" for name in ("ada", "bob", "zoë van 't Hoff"))
    unknown = case.random.randbytes(16).hex()
    many = "Each id must be new, and no one who knows all the ids before may compute it."
    case.plays(_logs_in(ada), does("get", Earlier(0), gives=ada), why="Who logs in is known by the id from then on.")
    case.plays(_logs_in(odd), does("get", Earlier(0), gives=odd), why="A user's name may hold any characters.")
    case.plays(_logs_in(""), does("get", Earlier(0), gives=""), why="An empty name is a name like any other.")
    case.plays(
        *(_logs_in(ada), does("get", Earlier(0), gives=ada), does("get", Earlier(0), gives=ada)),
        why="A session lasts until it is destroyed, not until it is looked at.",
    )
    case.plays(
        *(_logs_in(ada), _logs_in(bob), does("get", Earlier(1), gives=bob), does("get", Earlier(0), gives=ada)),
        why="Two users, two sessions.",
    )
    case.plays(
        *(_logs_in(ada), _logs_in(ada), does("get", Earlier(0), gives=ada), does("get", Earlier(1), gives=ada)),
        why="One user may have several sessions: a phone and a laptop.",
    )
    case.plays(
        *(_logs_in(ada), _logs_in(ada), _ends(Earlier(0)), does("get", Earlier(1), gives=ada)),
        why="To end the session on one device does not end that on the other.",
    )
    case.plays(_logs_in(ada), _ends(Earlier(0)), _ends(Earlier(0)), why="To log out twice is no error.")
    case.plays(_ends(unknown), why="To end a session that is not there is no error.")
    case.plays(*(_logs_in(ada) for _ in range(_SAMPLES - 1)), _last_of_many(ada), why=many)
    gone = "After `destroy` the id must be worth nothing. This is what logging out means."
    nobody = "An id that was never given out belongs to nobody: KeyError."
    case.plays(
        _logs_in(ada), _ends(Earlier(0)), does("get", Earlier(0), gives=KeyError), why=gone, bad=True, vital=True
    )
    case.plays(
        *(_logs_in(ada), _logs_in(bob), _ends(Earlier(1)), _ends(Earlier(1))),
        *(does("get", Earlier(0), gives=ada), does("get", Earlier(1), gives=KeyError)),
        why=gone,
        bad=True,
    )
    for wrong in (unknown, "", ada):
        case.plays(_logs_in(ada), does("get", wrong, gives=KeyError), why=nobody, bad=True)
    case.plays(does("get", unknown, gives=KeyError), why=nobody, bad=True)
    apart = "A new store starts empty. Another one's sessions are not its own."
    case.plays(_logs_in(ada), another(), does("get", Earlier(0), gives=KeyError), why=apart, bad=True)
    _session_mistakes(case)


_IS_ID = "return an id of 22 to 256 characters from A-Z, a-z, 0-9, - and _"
_IS_LONGER = "it must return an id of 22 characters or more: 8 bytes are 64 bits, so take 16 bytes or more"


def _logs_in(user: str) -> Step:
    def is_new_id(value: Any, before: list[Any]) -> bool | str:
        if isinstance(value, bytes):
            return "it must return text, not bytes"
        if isinstance(value, str) and 8 <= len(value) < 22:
            return _IS_LONGER
        if not isinstance(value, str) or len(value) < 22:
            return False
        if not _ID.fullmatch(value):
            return "it must return an id of the characters A-Z, a-z, 0-9, - and _ only"
        if value in before:
            return "it must return an id that was not given out before"
        return "it must return an id that does not say whose it is" if user and user in value else True

    return does("create", user, gives=is_new_id, must=_IS_ID)


def _ends(session_id: Any) -> Step:
    return does("destroy", session_id, gives=lambda value, before: True, must="end the session without an exception")


def _last_of_many(user: str) -> Step:
    def nobody_can_guess(value: Any, before: list[Any]) -> bool | str:
        ids = [*before, value]
        if not all(isinstance(one, str) and _ID.fullmatch(one) for one in ids) or len(set(ids)) < len(ids):
            return f"it must {_IS_ID}, a new one each time"
        if any(_guesses(user, number) & {one, one.lower()} for number, one in enumerate(ids[:5])):
            return "it must return an id that can't be computed from the user, a counter or the time"
        enough = _varying_bits(ids) >= _ENOUGH_BITS
        return enough or "it must return an id with at least 128 random bits in it"

    return does("create", user, gives=nobody_can_guess, must="return an id that nobody can guess")


def _guesses(user: str, number: int) -> set[str]:
    """What an attacker would try first: hashes of what is known."""
    now, known = int(time.time()), set()
    for count in ("", number, number + 1):
        known |= {f"{user}{sep}{count}" for sep in ("", "-", ":", "_", "|")} | {str(count)}
    known |= {f"{user}{second}" for second in range(now - 2, now + 1)}
    digests = [hashlib.new(name, text.encode()).digest() for text in known for name in ("md5", "sha1", "sha256")]
    return {one.hex() for one in digests} | {base64.urlsafe_b64encode(one).decode().rstrip("=") for one in digests}


def _varying_bits(ids: list[str]) -> float:
    """How many bits the ids can hold at most, from the characters seen at each place."""
    width = max(map(len, ids))
    return sum(math.log2(len({one.ljust(width)[place] for one in ids})) for place in range(width))


class _Sessions:
    """The rules; each mistake changes one of them."""

    def __init__(self) -> None:
        self.users: dict[str, str] = {}

    def new_id(self, user: str) -> str:
        return secrets.token_urlsafe(16)

    def create(self, user: str) -> str:
        session_id = self.new_id(user)
        self.users[session_id] = user
        return session_id

    def get(self, session_id: str) -> Any:
        return self.users[session_id]

    def destroy(self, session_id: str) -> None:
        self.users.pop(session_id, None)


def _session_mistakes(case: Case) -> None:
    case.mistake(
        _with_ids(lambda store, user: str(len(store.users) + 1)),
        "An id this short can be found by trying, and a counter needs no trying at all. 128 random bits are 22 "
        "characters: `secrets.token_urlsafe(16)`.",
    )
    case.mistake(
        _with_ids(lambda store, user: secrets.token_hex(8)),
        "The id is short: 8 random bytes are 64 bits, in 16 characters of hexadecimal or 11 of base64url. Take 16 "
        "bytes or more, for instance `secrets.token_urlsafe(16)`.",
    )
    case.mistake(
        _with_ids(lambda store, user: hashlib.sha256(user.encode()).hexdigest()),
        "The id is made from the user's name alone: the same at each login, and anyone who knows the name has it. Draw "
        "it from `secrets`.",
    )
    case.mistake(
        _with_ids(lambda store, user: hashlib.sha256(f"{user}{len(store.users)}".encode()).hexdigest()),
        "A hash looks random and is not: who knows what goes in, a name, a counter or the time, computes the id. Draw "
        "it from `secrets`.",
    )
    case.mistake(
        _with_ids(lambda store, user: str(uuid.uuid4())),
        "A UUID of version 4 has 122 random bits, and RFC 9562 §8 says not to rely on its being hard to guess. Use "
        "`secrets.token_urlsafe(16)`.",
    )
    case.mistake(
        _with_ids(lambda store, user: secrets.token_bytes(32)),
        "The id is bytes; it has to travel as text. `token_urlsafe` or `token_hex` gives text.",
    )
    case.mistake(
        _with_ids(lambda store, user: base64.b64encode(secrets.token_bytes(16)).decode()),
        "Plain base64 has +, / and =, which mean something else in an address or a cookie. `token_urlsafe` has none.",
    )
    case.mistake(
        _with_ids(lambda store, user: f"{_plain(user)}-{secrets.token_urlsafe(16)}"),
        "The user's name stands in the id, for everyone who sees it. The id says nothing; the store knows.",
    )
    everyone: dict[str, str] = {}

    class Shared(_Sessions):
        def __init__(self) -> None:
            self.users = everyone

    case.mistake(
        Shared,
        "The dict belongs to the class, or to the whole notebook, so every SessionStore has the same sessions. Make it "
        "in `__init__`: `self.users = {}`.",
    )
    _getting_mistakes(case)
    _ending_mistakes(case)


def _plain(user: str) -> str:
    return user if _ID.fullmatch(user + "-" * 22) else "user"


def _with_ids(new_id: Callable[[_Sessions, str], Any]) -> type:
    return type("Sessions", (_Sessions,), {"new_id": lambda self, user: new_id(self, user)})


def _getting_mistakes(case: Case) -> None:
    class GivesNone(_Sessions):
        def get(self, session_id: str) -> Any:
            return self.users.get(session_id)

    class GivesValueError(_Sessions):
        def get(self, session_id: str) -> Any:
            if session_id not in self.users:
                raise ValueError("no such session")
            return self.users[session_id]

    class Once(_Sessions):
        def get(self, session_id: str) -> Any:
            return self.users.pop(session_id)

    class NoEmptyName(_Sessions):
        def get(self, session_id: str) -> Any:
            user = self.users.get(session_id)
            if not user:
                raise KeyError(session_id)
            return user

    class NamesToo(_Sessions):
        def get(self, session_id: str) -> Any:
            return session_id if session_id in self.users.values() else self.users[session_id]

    case.mistake(GivesNone, "An unknown id gives None, and a caller who does not look lets None in. Raise KeyError.")
    case.mistake(GivesValueError, "An unknown id raises ValueError; the docstring says KeyError, as a dict does it.")
    case.mistake(Once, "`get` ends the session: the second request finds nothing. Only `destroy` removes it.")
    case.mistake(NoEmptyName, "An empty name counts as no session. Ask whether the id is in the dict, not `if user`.")
    case.mistake(NamesToo, "A user's name is taken for an id, and a name is known to everybody. Only ids open.")


def _ending_mistakes(case: Case) -> None:
    class Keeps(_Sessions):
        def destroy(self, session_id: str) -> None:
            pass

    class Strict(_Sessions):
        def destroy(self, session_id: str) -> None:
            del self.users[session_id]

    class EndsAll(_Sessions):
        def destroy(self, session_id: str) -> None:
            user = self.users.get(session_id)
            self.users = {one: of for one, of in self.users.items() if of != user}

    class OnePerUser(_Sessions):
        def create(self, user: str) -> str:
            self.users = {one: of for one, of in self.users.items() if of != user}
            return super().create(user)

    class Empties(_Sessions):
        def destroy(self, session_id: str) -> None:
            if session_id in self.users:
                self.users[session_id] = ""

    case.mistake(Keeps, "After `destroy` the id is still good, so nobody is ever logged out. Remove it from the dict.")
    case.mistake(Strict, "To end a session twice raises an exception. A logout that comes twice is no error.")
    case.mistake(
        EndsAll, "`destroy` ends all sessions of the user: who logs out on the laptop is thrown off the phone."
    )
    case.mistake(OnePerUser, "A second login ends the first session. Keep *id → user*, so a user may have several.")
    case.mistake(Empties, "A destroyed id still answers, with an empty name. Remove it, so that `get` raises KeyError.")


# -- route ------------------------------------------------------------------------------------------------------------

_SPREAD = 60
_TWICE, _ORDER, _LEAVES, _SHARES = (
    "give the same session the same node each time",
    "give the same node in whatever order the nodes are listed",
    "leave every session where it was whose own node did not go",
    "use all the nodes, each for about as many sessions",
)


@exercise(
    "route",
    points=5,
    spec="RFC 2991; Thaler and Ravishankar 1998",
    hints=(
        "Python's `max(nodes, key=…)` returns the node for which a function gives the most. What must that function "
        "look at besides the node, and what must it never look at?",
        "The number can be a hash of both names: `hashlib.sha256(f'{session_id} {node}'.encode()).digest()`. Bytes can "
        "be compared. (Why not Python's own `hash`? It gives other numbers in each process.)",
        "First: `if not nodes: raise ValueError('no nodes')`. Then one line: `return max(nodes, key=lambda node: "
        "hashlib.sha256(f'{session_id} {node}'.encode()).digest())`.",
    ),
    forbids=("hash", "secrets"),
    because="it answers otherwise in each process, so that no two proxies agree, nor one before and after a restart",
)
def route(case: Case) -> None:
    """Which node serves a session: stable, whatever happens to the others."""
    nodes = [f"node-{case.random.randbytes(3).hex()}" for _ in range(4)]
    few, some, many = (_session_ids(case, count) for count in (6, 16, _SPREAD))
    for session_id, node, rare in _only_nodes(few[0], nodes):
        case.satisfies((session_id, [node]), _one_of([node]), f"return {node!r}", "There is only one node.", rare)
    for session_id in some[:4]:
        case.satisfies((session_id, nodes), _one_of(nodes), "return one of the nodes' names")
    case.together(
        [(one, nodes) for one in few * 2],
        lambda answers: answers[: len(few)] == answers[len(few) :],
        _TWICE,
        why="A session is in the memory of one node. Asked again, later, the answer must be the same.",
    )
    case.together(
        [(one, order) for order in _orders(nodes) for one in few],
        lambda answers: all(len(set(answers[i :: len(few)])) == 1 for i in range(len(few))),
        _ORDER,
        why="Two proxies may list the nodes in different orders, and must agree all the same.",
    )
    gone, rest = nodes[2], [node for node in nodes if node != nodes[2]]
    case.together(
        [(one, nodes) for one in some] + [(one, rest) for one in some],
        lambda answers: _only_its_own_moved(answers[: len(some)], answers[len(some) :], gone),
        _LEAVES,
        why="When a node leaves, only its own sessions need a new one. When one joins, sessions move only to it: it is "
        "the same rule, read backwards.",
    )
    case.together(
        [(one, rest) for one in many],
        lambda answers: min(answers.count(node) for node in rest) >= _SPREAD / len(rest) / 4,
        _SHARES,
        why="Over many sessions each node should get about its share.",
    )
    case.together(
        [(one, nodes) for one in many],
        lambda answers: gone in answers,
        "give a node that joins its share, also of sessions that were there before",
        why="The answer depends on session_id and on which names there are, and not on what was asked before.",
    )
    for session_id in (few[0], few[1], ""):
        case.raises((session_id, []), ValueError, why="Without a node there is no answer: ValueError.")
    _route_mistakes(case)


def _session_ids(case: Case, count: int) -> list[str]:
    return [base64.urlsafe_b64encode(case.random.randbytes(16)).decode().rstrip("=") for _ in range(count)]


def _only_nodes(session_id: str, nodes: list[str]) -> list[tuple[str, str, bool]]:
    """Calls with one node: session id, node, whether few people think of such a name."""
    rare = (("", nodes[1]), ("zoë", "knoten ü"), (" ", ""), ("日本", nodes[2]), ("7", "7"), ("a" * 300, "b"))
    return [(session_id, nodes[0], False), *((one, node, True) for one, node in rare)]


def _only_its_own_moved(before: list[Any], after: list[Any], gone: str) -> bool | str:
    """Whether no session moved but those of the node that is gone."""
    if gone in after:
        return "it must return one of the nodes that there are, not one that has left"
    return all(one in (other, gone) for one, other in zip(before, after, strict=True))


def _orders(nodes: list[str]) -> list[list[str]]:
    """The nodes as they are, turned by one so that each stands elsewhere, backwards, sorted."""
    return [nodes, nodes[1:] + nodes[:1], nodes[::-1], sorted(nodes)]


def _one_of(nodes: list[str]) -> Callable[[Any], bool | str]:
    def is_one(value: Any) -> bool | str:
        if isinstance(value, (tuple, list)):
            return "it must return the name alone"
        return "it must return a name, not a position" if isinstance(value, int) else value in nodes

    return is_one


def _number(*texts: str) -> int:
    return int.from_bytes(hashlib.sha256(" ".join(texts).encode()).digest(), "big")


def _winner(session_id: str, nodes: list[str]) -> str:
    return max(nodes, key=lambda node: _number(session_id, node))


def _checked(choose: Callable[[str, list[str]], Any], empty: Callable[[], Any] | None = None) -> Callable[..., Any]:
    """The choice among some nodes, with the right answer or another one where there are none."""

    def routed(session_id: str, nodes: list[str]) -> Any:
        if nodes:
            return choose(session_id, nodes)
        if empty is not None:
            return empty()
        raise ValueError("no nodes")

    return routed


def _route_mistakes(case: Case) -> None:
    case.mistake(
        _checked(lambda session_id, nodes: nodes[_number(session_id) % len(nodes)]),
        "A hash modulo the number of nodes is a place in the list. It means another node in another order, and when "
        "one leaves most sessions move. Give each node a number of its own for this session; the highest wins.",
    )
    case.mistake(
        _checked(lambda session_id, nodes: sorted(nodes)[_number(session_id) % len(nodes)]),
        "With a hash modulo the number of nodes most sessions move when that number changes. Give each node a number "
        "of its own for this session; the highest wins.",
    )
    case.mistake(
        _checked(lambda session_id, nodes: secrets.choice(nodes)),
        "The answer changes from call to call, by chance or by taking turns. It must depend on the arguments alone.",
    )
    _memory_mistakes(case)
    case.mistake(
        _checked(lambda session_id, nodes: nodes[0]),
        "It takes one place in the list for all sessions. Give each node a number for this session; the highest wins.",
    )
    case.mistake(
        _checked(lambda session_id, nodes: min(nodes)),
        "All sessions go to one node. The number must depend on the session *and* on the node.",
    )
    case.mistake(
        _checked(lambda session_id, nodes: nodes.index(_winner(session_id, nodes))),
        "It returns the position in the list. Return the node's name.",
    )
    case.mistake(
        _checked(lambda session_id, nodes: max((_number(session_id, node), node) for node in nodes)),
        "It returns the number together with the name. Return the name alone, for instance with `[1]`.",
    )
    case.mistake(
        _checked(_winner, empty=lambda: None),
        "Without nodes it returns None, and the proxy goes looking for a node of that name. Raise ValueError.",
    )
    case.mistake(
        _checked(_winner, empty=lambda: 1 % 0),
        "An empty list ends in a ZeroDivisionError. Look first, and raise ValueError.",
    )
    case.mistake(
        _checked(_winner, empty=lambda: [][0]),
        "An empty list ends in an IndexError. Look first, and raise ValueError.",
    )


def _memory_mistakes(case: Case) -> None:
    """What they remember is made anew for each case."""
    kept: dict[str, str] = {}
    renewed: dict[str, str] = {}

    def keeps(session_id: str, nodes: list[str]) -> str:
        return kept.setdefault(session_id, secrets.choice(nodes))

    def renews(session_id: str, nodes: list[str]) -> str:
        if renewed.get(session_id) not in nodes:
            renewed[session_id] = secrets.choice(nodes)
        return renewed[session_id]

    case.mistake(
        _checked(keeps),
        "It keeps its first answer for good, also when that node has left. Keep nothing: compute the answer from the "
        "arguments.",
    )
    case.mistake(
        _checked(renews),
        "It remembers what it answered. Another process has no such memory and may answer otherwise, and a node that "
        "joins gets nothing. Keep nothing: compute the answer from the arguments, each time.",
    )


# -- Denylist ---------------------------------------------------------------------------------------------------------

_BETWEEN = ("", "|", ":", "/", ".", "-", "_", " ", "#")
"""What people put between iss and jti to make one text of them."""


@exercise(
    "Denylist",
    points=10,
    spec="RFC 7519 §4.1.1, §4.1.4, §4.1.7",
    hints=(
        "Which two claims together name a token, whatever its text looks like? And when does nobody need the entry any "
        "more?",
        "Keep a dict from the pair `(iss, jti)`, a tuple, to exp. A second `add` must not shorten what is there. "
        "`blocked` looks the pair up and compares exp with now; `size` first throws out what is over.",
        "`add`: check both names, then `self.until[iss, jti] = max(exp, self.until.get((iss, jti), exp))`. `blocked`: "
        "check, then `(iss, jti) in self.until and now < self.until[iss, jti]`. `size`: keep the items with "
        "`exp > now`, then `len`. The check of a name: `isinstance(name, str) and name != ''`, else ValueError.",
    ),
)
def Denylist(case: Case) -> None:  # noqa: N802 - the name of the exercise
    """Tokens that are refused before they expire."""
    host = case.random.randbytes(2).hex()
    here, there = f"https://{host}.example", f"https://{host}.example.net"
    jti, other = (f"Jti-{case.random.randbytes(3).hex()}" for _ in range(2))
    exp = case.random.randrange(10_000, 20_000)
    _denies(case, here, jti, other, exp)
    _keeps_issuers_apart(case, here, there, jti, exp)
    _forgets(case, here, jti, other, exp)
    _adds_again(case, here, jti, exp)
    apart = "Two texts joined into one can be cut in another place. Key on the pair itself: a tuple."
    for between in _BETWEEN:
        case.plays(
            does("add", f"{here}{between}a", "b", exp, gives=_anything, must=_ADDS),
            does("blocked", here, f"a{between}b", exp - 1, gives=False),
            does("blocked", f"{here}{between}a", "b", exp - 1, gives=True),
            why=apart,
            bad=True,
        )
    _needs_names(case, here, jti, exp)
    _deny_mistakes(case)


_ADDS = "take the entry without an exception"


def _anything(value: Any, before: list[Any]) -> bool:
    return True


def _adds(iss: str, jti: str, exp: float) -> Step:
    return does("add", iss, jti, exp, gives=_anything, must=_ADDS)


def _denies(case: Case, iss: str, jti: str, other: str, exp: int) -> None:
    case.plays(_adds(iss, jti, exp), does("blocked", iss, jti, exp - 600, gives=True), why="A listed token is blocked.")
    case.plays(
        *(does("size", 0, gives=0), does("blocked", iss, jti, 1, gives=False)),
        why="A new list is empty, whatever other lists hold.",
    )
    case.plays(
        *(_adds(iss, jti, exp), does("blocked", iss, other, 1, gives=False)),
        *(does("blocked", iss, jti.upper(), 1, gives=False), does("blocked", iss, jti, 1, gives=True)),
        why="Only that one is blocked. A jti is compared exactly (RFC 7519 §4.1.7).",
    )
    case.plays(
        *(_adds(iss, jti, exp), *[does("blocked", iss, jti, now, gives=True) for now in (1, 2, 3)]),
        why="It is blocked each time that it comes.",
    )
    entries = [(f"{jti}{number}", exp + number) for number in range(20)]
    case.plays(
        *(_adds(iss, one, until) for one, until in entries),
        *(does("blocked", iss, one, exp - 1, gives=True) for one, _ in entries),
        does("size", exp - 1, gives=20),
        why="Each entry counts once.",
    )


def _keeps_issuers_apart(case: Case, here: str, there: str, jti: str, exp: int) -> None:
    why = "Each issuer numbers its own tokens. Another one's token with the same jti is another token."
    case.plays(
        *(
            _adds(here, jti, exp),
            does("blocked", there, jti, 5, gives=False),
            does("blocked", here, jti, 5, gives=True),
        ),
        why=why,
    )
    case.plays(
        *(_adds(here, jti, exp), _adds(there, jti, exp + 50), does("size", 5, gives=2)),
        *(does("blocked", here, jti, exp + 10, gives=False), does("blocked", there, jti, exp + 10, gives=True)),
        why=why,
    )


def _forgets(case: Case, iss: str, jti: str, other: str, exp: int) -> None:
    case.plays(
        *(_adds(iss, jti, exp), does("blocked", iss, jti, exp - 0.5, gives=True)),
        *(does("blocked", iss, jti, exp, gives=False), does("blocked", iss, jti, exp + 0.5, gives=False)),
        why="It is blocked while now < exp. From exp on the token is refused anyway (RFC 7519 §4.1.4).",
    )
    case.plays(
        *(_adds(iss, jti, exp), _adds(iss, other, exp + 100), _adds(iss, "third", exp + 0.25)),
        *(does("size", exp - 1, gives=3), does("size", exp, gives=2)),
        *(does("size", exp + 50, gives=1), does("size", exp + 100, gives=0)),
        why="An entry counts while now < exp. A list that only grows is a leak.",
    )
    case.plays(
        *(_adds(iss, jti, exp), does("blocked", iss, jti, exp + 9, gives=False), does("size", exp + 9, gives=0)),
        *(_adds(iss, jti, exp + 60), does("blocked", iss, jti, exp + 10, gives=True), does("size", exp + 11, gives=1)),
        why="What is over can be added anew.",
    )


def _adds_again(case: Case, iss: str, jti: str, exp: int) -> None:
    longer = "Added twice, it is blocked until the later of the two times."
    case.plays(
        *(_adds(iss, jti, exp), _adds(iss, jti, exp + 500)),
        *(does("blocked", iss, jti, exp + 100, gives=True), does("size", exp + 100, gives=1)),
        why=longer,
    )
    case.plays(
        *(_adds(iss, jti, exp + 500), _adds(iss, jti, exp)),
        *(does("blocked", iss, jti, exp + 100, gives=True), does("size", exp + 100, gives=1)),
        why=longer,
    )
    case.plays(
        *(_adds(iss, jti, exp), _adds(iss, jti, exp), does("size", 1, gives=1), does("size", exp, gives=0)),
        why="The same token twice is one entry.",
    )


def _needs_names(case: Case, iss: str, jti: str, exp: int) -> None:
    unnamed = "A token that no pair names can't be listed. To say so loudly is better than to list nothing: ValueError."
    unasked = "Of a token without a name nobody can say that it is not listed. ValueError, so that it is refused."
    for pair in ((iss, None), (iss, ""), (None, jti), ("", jti), (iss, 7)):
        case.plays(does("add", *pair, exp, gives=ValueError), does("size", 1, gives=0), why=unnamed, bad=True)
        case.plays(_adds(iss, jti, exp), does("blocked", *pair, 1, gives=ValueError), why=unasked, bad=True)


class _Denied:
    """The rules; each mistake changes one of them."""

    def __init__(self) -> None:
        self.until: dict[Any, float] = {}

    def key(self, iss: Any, jti: Any) -> Any:
        return iss, jti

    def named(self, iss: Any, jti: Any) -> Any:
        if not all(isinstance(name, str) and name for name in (iss, jti)):
            raise ValueError("a token is named by its iss and its jti")
        return self.key(iss, jti)

    def over(self, exp: float, now: float) -> bool:
        return exp <= now

    def add(self, iss: Any, jti: Any, exp: float) -> None:
        key = self.named(iss, jti)
        self.until[key] = max(exp, self.until.get(key, exp))

    def blocked(self, iss: Any, jti: Any, now: float) -> Any:
        key = self.named(iss, jti)
        return key in self.until and not self.over(self.until[key], now)

    def size(self, now: float) -> int:
        self.until = {key: exp for key, exp in self.until.items() if not self.over(exp, now)}
        return len(self.until)


def _deny_mistakes(case: Case) -> None:
    def keyed(key: Callable[[str, str], Any]) -> type:
        return type("Denied", (_Denied,), {"key": lambda self, iss, jti: key(iss, jti)})

    case.mistake(
        keyed(lambda iss, jti: jti),
        "It looks at the jti alone, so one issuer's entry blocks another issuer's token. The pair names a token.",
    )
    case.mistake(keyed(lambda iss, jti: iss), "It looks at the issuer alone, so one entry blocks all of its tokens.")
    case.mistake(
        keyed(lambda iss, jti: (iss, jti.lower())), "It compares without regard to case. A jti is compared exactly."
    )
    for between in _BETWEEN:
        how = f"with {between!r} in between" if between else "with nothing in between"
        case.mistake(
            keyed(lambda iss, jti, between=between: f"{iss}{between}{jti}"),  # type: ignore[misc]
            f"It joins iss and jti {how}, and two pairs can give one text. Take the pair as the key: `(iss, jti)`.",
        )
    _time_mistakes(case)
    _repeat_mistakes(case)
    _name_mistakes(case)
    _state_mistakes(case)


def _time_mistakes(case: Case) -> None:
    class Forever(_Denied):
        def over(self, exp: float, now: float) -> bool:
            return False

    class OneTooLong(_Denied):
        def over(self, exp: float, now: float) -> bool:
            return exp < now

    class OwnClock(_Denied):
        def over(self, exp: float, now: float) -> bool:
            return exp <= time.time()

    class OnlyGrows(_Denied):
        def size(self, now: float) -> int:
            return len(self.until)

    class WholeSeconds(_Denied):
        def add(self, iss: Any, jti: Any, exp: float) -> None:
            super().add(iss, jti, int(exp))

        def over(self, exp: float, now: float) -> bool:
            return exp <= int(now)

    class DeletesInLoop(_Denied):
        def size(self, now: float) -> int:
            for key, exp in self.until.items():
                if self.over(exp, now):
                    del self.until[key]
            return len(self.until)

    case.mistake(
        Forever,
        "Entries never end: `blocked` and `size` do not look at the time. From exp on nobody needs the entry, because "
        "the token is refused anyway.",
    )
    case.mistake(OneTooLong, "At now = exp the token has expired already (RFC 7519 §4.1.4): blocked while now < exp.")
    case.mistake(OwnClock, "It looks at the clock. The time is an argument, so that a test can choose it: use now.")
    case.mistake(
        OnlyGrows, "`size` counts entries that are over, too. Count those with now < exp; the others may be dropped."
    )
    case.mistake(
        DeletesInLoop,
        "`size` takes entries out of the dict that it goes through, which is a RuntimeError. Build a new dict with "
        "those that stay.",
    )
    case.mistake(WholeSeconds, "Times may have fractions (RFC 7519 §2, NumericDate); `int` cuts them off.")


def _repeat_mistakes(case: Case) -> None:
    class Last(_Denied):
        def add(self, iss: Any, jti: Any, exp: float) -> None:
            self.until[self.named(iss, jti)] = exp

    class First(_Denied):
        def add(self, iss: Any, jti: Any, exp: float) -> None:
            self.until.setdefault(self.named(iss, jti), exp)

    class Rows(_Denied):
        def __init__(self) -> None:
            self.rows: list[tuple[Any, float]] = []

        def add(self, iss: Any, jti: Any, exp: float) -> None:
            self.rows.append((self.named(iss, jti), exp))

        def blocked(self, iss: Any, jti: Any, now: float) -> Any:
            wanted = self.named(iss, jti)
            return any(key == wanted and now < exp for key, exp in self.rows)

        def size(self, now: float) -> int:
            self.rows = [row for row in self.rows if now < row[1]]
            return len(self.rows)

    class Once(_Denied):
        def blocked(self, iss: Any, jti: Any, now: float) -> Any:
            return super().blocked(iss, jti, now) and self.until.pop(self.key(iss, jti)) > now

    case.mistake(Last, "A second `add` with an earlier exp unblocks the token too soon. Keep the later one: `max`.")
    case.mistake(First, "A second `add` with a later exp is ignored. Keep the later of the two: `max`.")
    case.mistake(Rows, "The same token added twice counts twice. A dict has each key once.")
    case.mistake(Once, "The first question removes the entry, so the second replay gets in. `blocked` only looks.")


def _name_mistakes(case: Case) -> None:
    def lenient(adds: Callable[[Any], bool], asks: Callable[[Any], bool], answer: Any = None) -> type:
        class Lenient(_Denied):
            def add(self, iss: Any, jti: Any, exp: float) -> None:
                if not (adds(iss) and adds(jti)):
                    raise ValueError("no name")
                self.until[iss, jti] = max(exp, self.until.get((iss, jti), exp))

            def blocked(self, iss: Any, jti: Any, now: float) -> Any:
                if not (asks(iss) and asks(jti)):
                    raise ValueError("no name")
                return now < self.until.get((iss, jti), now)

        return Lenient

    def is_name(name: Any) -> bool:
        return isinstance(name, str) and name != ""

    case.mistake(
        lenient(lambda name: True, lambda name: True),
        "Anything counts as a name. A token without iss or jti can't be told from others without: raise ValueError.",
    )
    case.mistake(
        lenient(lambda name: name is not None, lambda name: name is not None),
        "Only None is refused. An empty text names nothing either, and a number is no jti: raise ValueError.",
    )
    case.mistake(
        lenient(bool, bool), "A jti that is a number is taken. It must be a string (RFC 7519 §4.1.7): raise ValueError."
    )
    case.mistake(
        lenient(lambda name: isinstance(name, str), lambda name: isinstance(name, str)),
        "An empty text is taken for a name. Every token without one would then share it: raise ValueError.",
    )
    case.mistake(
        lenient(is_name, lambda name: True),
        "`blocked` says False of a token without a name, and so lets it in. Raise ValueError there too.",
    )


def _state_mistakes(case: Case) -> None:
    everyone: dict[Any, float] = {}

    class Shared(_Denied):
        def __init__(self) -> None:
            self.until = everyone

        def size(self, now: float) -> int:
            return sum(now < exp for exp in self.until.values())

    class Truthy(_Denied):
        def blocked(self, iss: Any, jti: Any, now: float) -> Any:
            return self.until.get(self.named(iss, jti), 0) > now or None

    case.mistake(Shared, "Every Denylist has the same entries: the dict belongs to the class. Make it in `__init__`.")
    case.mistake(Truthy, "`blocked` answers None where it should answer False.")
