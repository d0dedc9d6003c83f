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
"""Seconds between two questions, however many tokens name keys that nobody knows."""
ALG = "RS256"


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: KeySet | None = None
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
        with kept.lock:
            age = self._clock() - kept.asked
            if kept.keys is None or age > STALE or (anew and age > PAUSE):
                kept.keys = self._fetched(address)
                kept.asked = self._clock()
            return kept.keys

    def _fetched(self, address: str) -> KeySet:
        answer = self._get(address)
        if not answer.is_good:
            raise Unreachable(f"the platform's key set: status {answer.status}")
        try:
            return KeySet.from_jwks(json_loads_strict(answer.body), ALG)
        except JWTError as error:
            raise Unreachable(f"the platform's key set: {error}") from None
