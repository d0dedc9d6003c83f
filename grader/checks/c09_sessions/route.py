"""route: a session's id and the nodes that there are in, out the node that serves it."""

import base64
import hashlib
import random
from collections.abc import Callable, Iterator
from typing import Any

from ...inside.calling import ELSEWHERE
from ...judging.aspects import written
from ...judging.exercise import RETURNS, Exercise, Fresh, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, HALF, PART, Stake
from ...judging.wants import Agree, Raises, Satisfies

RULES = {
    "1 once more": "The answer depends on the session's id and the names that there are, and on nothing else: not on "
    "the time, nor on what was asked before.",
    "1 order": "Two proxies may list the nodes in different orders, and must agree all the same, even where two nodes' "
    "numbers are equal.",
    "1 ties": "Where two nodes' numbers are equal the order must not decide, and two bytes of a hash are equal now and "
    "then. Compare more of it, or number and name together.",
    "1 names": "A name may be any text, and the answer is one of the names, as it is, and the same in whatever order "
    "they stand.",
    "2": "When a node leaves, only its own sessions need a new one. When one joins, sessions move only to it: it is "
    "the same rule, read backwards.",
    "3": "Over many sessions each node gets about its share.",
    "4": "Without a node there is no answer: ValueError.",
}
_NEARLY_EQUAL = (
    *(("North", "north"), ("e\u0301", "\u00e9"), ("a", " a"), ("a", "a "), ("ab", "ba"), ("1", "01")),
    *(("\u00fc", "\u00e9"), ("caf\u00e9", "caf"), ("\u65e5\u672c", "\u4e2d\u56fd"), ("stra\u00dfe", "strasse")),
    *(("\uff41", "a"), ("a", "a\n"), ("a-b", "a_b"), ("a.b", "ab")),
)
"""Names that are one to whoever folds, cuts or encodes them. (Not `a` and `a\\0`: to HMAC they are one key.)"""
_TIES = (
    *(13535, 44006, 34434, 30612, 78261, 80707, 31115, 99917, 21288, 84245, 215811, 7539, 62168, 19896, 26034),
    *(155559, 161466, 3869, 221604, 72606, 1169, 12668, 195818, 9477, 52775, 4642, 32171, 125005, 26327, 18335),
    *(120678, 25688, 126035, 11824, 46702, 74434, 6037, 17173, 12093, 388, 5737, 3177, 1464, 5852, 9519, 11622),
    *(16175, 35958, 9937, 822, 1107, 2419, 3288, 4626, 24256, 80101, 48683, 62987, 47923, 7856),
    *(163831, 2334, 43982, 13725, 45872, 44712, 32527, 102518, 54590, 52495, 63749, 17145, 108654, 100424),
    *(86870, 20326, 8672, 111348, 29918, 9071, 18551, 51560, 5905, 79996, 82916, 73214, 53641, 2025, 134674),
    *(174668, 26962, 8572, 78242, 89525, 175416, 12910),
)
"""Numbers of sessions whose hash with north and with south is one to whoever takes a part of it: of SHA-256 the first
two bytes, the last two, or what is left by 10,000; of MD5, behind these, the first two or the last two. One for each
usual way to write the two names as one text."""
_FLEETS = (
    ("host-", 3),
    ("node", 6),
    ("10.0.1.", 6),
    ("web-", 5),
    ("api.eu-", 4),
)
"""How nodes are called where there are many of them, and how many."""
Says = Callable[[list[Any]], bool | str]
_ONE = "return one of the nodes' names"


def trials(source: random.Random) -> Iterator[Trial]:
    """All trials. What several answers must have in common is asked of the same ids and names for every seed, so that
    it is no matter of luck whether it shows."""
    # Not sorted, so that whoever sorts the list in place is seen to, whatever the seed.
    nodes, (session_id,) = (
        sorted((f"node-{source.randbytes(3).hex()}" for _ in range(4)), reverse=True),
        _ids(source, 1),
    )
    yield Trial((session_id, nodes), Satisfies(_is_one_of(nodes), _ONE), stake=ALL, text="four nodes", plain=True)
    fixed = random.Random("route")  # noqa: S311 - see above
    nodes = [f"node-{fixed.randbytes(3).hex()}" for _ in range(4)]
    yield from _the_same(fixed, nodes)
    yield from _names()
    yield from _leaving(fixed, nodes)
    yield from _shares(fixed)
    for text, one in {"an id": "id", "an empty id": ""}.items():
        yield Trial((one, []), Raises(ValueError), frozenset(["4"]), bad=True, text=f"no nodes, {text}")


def _ids(source: random.Random, count: int) -> list[str]:
    return [base64.urlsafe_b64encode(source.randbytes(16)).decode().rstrip("=") for _ in range(count)]


def _agree(text: str, rule: str, calls: list[Args], says: Says, must: str, stake: Stake = HALF) -> Trial:
    return Trial(calls[0], Agree(says, must), frozenset([rule]), stake=stake, text=text, more=tuple(calls[1:]))


def _the_same(fixed: random.Random, nodes: list[str]) -> Iterator[Trial]:
    """No two trials have an id in common, so that who remembers an id makes the same errors in any order."""
    again = "give the same session the same node each time"
    calls: list[Args] = [(one, nodes) for one in _ids(fixed, 6) * 2]
    yield _agree("six ids, twice", "1 once more", calls, lambda found: found[:6] == found[6:], again, ALL)
    some = _ids(fixed, 8)
    calls = [(one, at) for at in (nodes, nodes[1:], nodes[:2], nodes) for one in some]
    yield _agree("before and after others were asked", "1 once more", calls, lambda a: a[:8] == a[24:], again, ALL)
    order = "give the same node in whatever order the nodes are listed"
    for text, turned in {
        "backwards": nodes[::-1],
        "turned by one": nodes[1:] + nodes[:1],
        "sorted": sorted(nodes),
    }.items():
        ids = ["", *_ids(fixed, 12)]
        calls = [(one, listed) for listed in (nodes, turned) for one in ids]
        yield _agree(f"nodes {text}", "1 order", calls, lambda a: a[:13] == a[13:], order)
    calls = [(f"s{one}", listed) for listed in (["north", "south"], ["south", "north"]) for one in _TIES]
    half = len(_TIES)
    yield _agree("two nodes, other way round", "1 ties", calls, lambda a: a[:half] == a[half:], order, PART)
    # So many that two with the same number are likely, if the number is short.
    many, counted = [f"n{number}.example" for number in range(100)], [f"session-{number}" for number in range(16)]
    calls = [(one, listed) for listed in (many, many[::-1]) for one in counted]
    yield _agree("a hundred nodes, backwards", "1 order", calls, lambda a: a[:16] == a[16:], order, PART)


def _names() -> Iterator[Trial]:
    odd = ["", " ", "7", "node \u00fc", "\u65e5\u672c", "b" * 300, "North", "north", "e\u0301", "\u00e9", "a\nb", "a,b"]
    for name in odd:
        yield _one_node(f"the only node is {name[:9]!r}", f"of {name}", name)
    for text, one in {"an empty id": "", "an id outside ASCII": "zo\u00eb", "a long id": "a" * 3000}.items():
        yield _one_node(text, one, "north")
    orders = [odd, odd[::-1], sorted(odd)]
    calls: list[Args] = [(one, listed) for listed in orders for one in (" ", "x", "zoe\u0308", "north")]

    def one_and_the_same(found: list[Any]) -> bool:
        return set(found) <= set(odd) and found[:4] == found[4:8] == found[8:]

    yield _agree("odd names together", "1 names", calls, one_and_the_same, f"{_ONE}, in whatever order", PART)
    for one, other in _NEARLY_EQUAL:
        calls = [(f"{one}{other}{number}", listed) for listed in ([one, other], [other, one]) for number in range(4)]
        must = "give the same node in whatever order the nodes are listed"
        text = f"{one!r} and {other!r}"
        yield _agree(text, "1 order", calls, lambda found: found[:4] == found[4:], must, PART)


def _one_node(text: str, session_id: str, name: str) -> Trial:
    want = Satisfies(_is_one_of([name]), f"return {name[:20]!r}")
    return Trial((session_id, [name]), want, frozenset(["1 names"]), text=text)


def _is_one_of(nodes: list[str]) -> Callable[[Any], bool | str]:
    def is_one(value: Any) -> bool | str:
        if isinstance(value, (tuple, list)):
            return "return the name alone"
        return "return a name, not a position" if isinstance(value, int) else value in nodes

    return is_one


def _leaving(fixed: random.Random, nodes: list[str]) -> Iterator[Trial]:
    leaves = "leave every session where it was whose own node did not go"
    for number, gone in enumerate(nodes):
        rest, ids, count = [node for node in nodes if node != gone], _ids(fixed, 12), 12
        calls: list[Args] = [(one, nodes) for one in ids] + [(one, rest) for one in ids]

        def says(found: list[Any], gone: str = gone, count: int = count) -> bool | str:
            if gone in found[count:]:
                return "return one of the nodes that there are, not one that has left"
            return all(one in (other, gone) for one, other in zip(found[:count], found[count:], strict=True))

        yield _agree(f"node {number + 1} of four leaves", "2", calls, says, leaves)
    many, ids = [f"10.0.2.{number}" for number in range(1, 10)], _ids(fixed, 6)
    calls = [(one, many[:count]) for count in range(4, 10) for one in ids]

    def only_to_the_last(found: list[Any]) -> bool:
        turns = [found[at : at + 6] for at in range(0, len(found), 6)]
        moves = zip(many[4:], turns[:-1], turns[1:], strict=True)
        return all(new in (old, last) for last, *two in moves for old, new in zip(*two, strict=True))

    must = "move sessions only to the node that joins"
    yield _agree("one after the other joins, up to nine", "2", calls, only_to_the_last, must)
    ids = _ids(fixed, 12)
    joins = [(one, nodes[:3]) for one in ids] + [(one, nodes) for one in ids]

    def only_there(found: list[Any]) -> bool:
        pairs = zip(found[: len(ids)], found[len(ids) :], strict=True)
        return all(after in (before, nodes[3]) for before, after in pairs)

    yield _agree("a fourth joins three", "2", joins, only_there, must)


def _share(text: str, nodes: list[str], ids: list[str], stake: Stake) -> Trial:
    """Of as many sessions as there are ids, each node has a quarter of its share at least."""

    must = "use all the nodes, each for about as many sessions"

    def says(found: list[Any]) -> bool | str:
        least, node = min((found.count(node), node) for node in nodes)
        few = f"{must}; here {node} has {least} of {len(found)}" if least else must
        return least >= len(found) / len(nodes) / 4 or few

    return _agree(text, "3", [(one, nodes) for one in ids], says, must, stake)


def _shares(fixed: random.Random) -> Iterator[Trial]:
    for count in (2, 4):
        nodes = [f"node-{number}" for number in range(count)]
        yield _share(f"the shares of {count} nodes", nodes, _ids(fixed, 30 * count), ALL)
    # The nearest of few places on a line, or on a ring, is seldom as near for all.
    for name, count in _FLEETS:
        nodes = [f"{name}{number}" for number in range(1, count + 1)]
        ids = [f"session-{number}" for number in range(30 * count)]
        yield _share(f"the shares of {nodes[0]} to {nodes[-1]}", nodes, ids, PART)
    yield _share("the shares of '' and north", ["", "north"], _ids(fixed, 60), PART)
    for text, ids in {
        "begin alike": [f"a-session-of-the-town-{number:03}" for number in range(60)],
        "end alike": [f"{number:03}-is-a-session-of-the-town" for number in range(60)],
    }.items():
        calls: list[Args] = [(one, ["north", "south"]) for one in ids]
        must = "use all the nodes, also for ids that have much in common"
        yield _agree(
            f"the shares of ids that {text}", "3", calls, lambda a: min(map(a.count, ("north", "south"))) > 7, must
        )
    few, more, ids = ["north", "south"], ["north", "south", "east"], _ids(fixed, 48)
    calls = [(one, few) for one in ids] + [(one, more) for one in ids]
    must = "give a node that joins its share, also of sessions that were there before"
    yield _agree("the share of one that joins", "3", calls, lambda found: found.count("east") >= 4, must)


def _number(*texts: str) -> int:
    return int.from_bytes(hashlib.sha256(" ".join(texts).encode()).digest(), "big")


def winner(session_id: str, nodes: list[str]) -> str:
    """A right choice among some nodes: the highest number wins."""
    return max(nodes, key=lambda node: _number(session_id, node))


def checked(choose: Callable[[str, list[str]], Any], empty: Callable[[], Any] | None = None) -> Callable[..., Any]:
    """The choice among some nodes, with the right answer or another one where there are none."""

    def routed(session_id: str, nodes: list[str]) -> Any:
        if nodes:
            return choose(session_id, nodes)
        if empty is not None:
            return empty()
        raise ValueError("no nodes")

    return routed


def _renews() -> Callable[..., Any]:
    kept: dict[str, str] = {}

    def choose(session_id: str, nodes: list[str]) -> str:
        if kept.get(session_id) not in nodes:
            kept[session_id] = winner(session_id, nodes)
        return kept[session_id]

    return checked(choose)


def _short(session_id: str, nodes: list[str]) -> str:
    return max(nodes, key=lambda node: hashlib.sha256(f"{session_id}/{node}".encode()).digest()[:1])


MISTAKES: Mistakes = {
    RETURNS: {
        "It returns the position in the list. Return the node's name.": checked(
            lambda session_id, nodes: nodes.index(winner(session_id, nodes))
        ),
        "It returns the number together with the name. Return the name alone, for instance with `[1]`.": checked(
            lambda session_id, nodes: max((_number(session_id, node), node) for node in nodes)
        ),
    },
    ("1 once more", "2"): {
        "It remembers what it answered. Another process has no such memory and can answer otherwise, and a node "
        "that joins gets nothing. Keep nothing: compute the answer from the arguments, each time.": Fresh(_renews),
    },
    ("1 order", "2"): {
        "In another order it chooses another node, and when one leaves, other nodes' sessions move, too, as with a "
        "place in the list. Give each node a number of its own for this session; the highest wins.": checked(
            lambda session_id, nodes: nodes[_number(session_id) % len(nodes)]
        ),
    },
    "1 order": {
        "Where two nodes have the same number, their order decides. Compare more of the hash, or number and name "
        "together.": checked(_short),
    },
    "2": {
        "When a node leaves, other nodes' sessions move, too, as with a hash modulo the number of nodes. Give each "
        "node a number of its own for this session; the highest wins.": checked(
            lambda session_id, nodes: sorted(nodes)[_number(session_id) % len(nodes)]
        ),
    },
    ("1 order", "3"): {
        "All sessions get the same node, and in another order another one. Give each node a number for this session; "
        "the highest wins.": checked(lambda session_id, nodes: nodes[0]),
    },
    "3": {
        "All sessions go to one node. The number must depend on the session *and* on the node.": checked(
            lambda session_id, nodes: min(nodes)
        ),
    },
    "4": {
        "Without nodes it returns None, and the proxy goes looking for a node of that name. Raise ValueError.": checked(
            winner, empty=lambda: None
        ),
        "An empty list ends in a ZeroDivisionError. Look first, and raise ValueError.": checked(
            winner, empty=lambda: 1 % 0
        ),
        "An empty list ends in an IndexError. Look first, and raise ValueError.": checked(winner, empty=lambda: [][0]),
    },
}

route = Exercise(
    name="route",
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
    forbids=("hash", "secrets", ELSEWHERE),
    because="it answers otherwise in each process, so that no two proxies agree, nor one before and after a restart",
    rules=RULES,
    source=written(trials),
    mistakes=MISTAKES,
)
