"""The key sets of platforms: asked for when they are needed, and kept for an hour."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from jwt_from_scratch import JWTError, KeySet
from jwt_from_scratch.encoding import json_loads_strict

from .addresses import Reply, Unreachable, ask

STALE = 3600.0
"""Seconds after which a key set is asked for anew: a key that its platform withdrew is good for no longer."""
PAUSE = 5.0
"""Seconds between two questions, however many tokens name keys that nobody knows, or come while nobody answers."""
WAIT = 3.0
"""Seconds that one waits for the question of another one: else all threads would wait for a slow platform."""
ALG = "RS256"


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: KeySet | None = None
    since: float = 0.0
    problem: str = ""
    asked: float = 0.0


class KeySets:
    """Key sets by their addresses. Threads may share it.

    Args:
        get: asks an address.
        clock: the time in seconds, from any beginning.
    """

    def __init__(self, get: Callable[[str], Reply] = ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._get, self._clock = get, clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def of(self, address: str, *, anew: bool = False) -> KeySet:
        """The keys at an address that are for RS256, whether they say so or not.

        Args:
            address: where the platform's key set is.
            anew: ask again, because a token names a key that is not among those that are kept.

        Raises:
            Unreachable: there is no key set.
        """
        with self._lock:
            kept = self._kept.setdefault(address, _Kept())
        fresh = self._fresh(kept)
        if fresh is not None and not anew:  # also while somebody asks anew, and whatever comes of it
            return fresh
        if not kept.lock.acquire(timeout=WAIT):
            raise Unreachable("the platform's key set is being asked for, and does not come")
        try:
            if self._clock() - kept.asked <= PAUSE:  # else all who come would ask in turn, and nobody be served
                if kept.problem:
                    raise Unreachable(kept.problem)
                if (fresh := self._fresh(kept)) is not None:
                    return fresh
            return self._asked(kept, address)
        finally:
            kept.lock.release()

    def _fresh(self, kept: _Kept) -> KeySet | None:
        return kept.keys if self._clock() - kept.since <= STALE else None

    def _asked(self, kept: _Kept, address: str) -> KeySet:
        kept.problem = ""
        try:
            kept.keys = self._fetched(address)
            kept.since = self._clock()
            return kept.keys
        except Unreachable as error:
            kept.problem = str(error)
            raise
        finally:
            kept.asked = self._clock()

    def _fetched(self, address: str) -> KeySet:
        answer = self._get(address)
        if not answer.is_good:
            raise Unreachable(f"the platform's key set: status {answer.status}")
        try:
            return KeySet.from_jwks(json_loads_strict(answer.body), ALG)
        except JWTError as error:
            raise Unreachable(f"the platform's key set: {error}") from None
