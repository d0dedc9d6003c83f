"""A heap with the earliest end on top, so that dropping what is over looks at nothing else."""

import heapq


class Denylist:
    def __init__(self) -> None:
        self.ends: list[tuple[float, str, str]] = []
        self.latest: dict[tuple[str, str], float] = {}

    def add(self, iss: str, jti: str, exp: float) -> None:
        self._named(iss, jti)
        if exp > self.latest.get((iss, jti), float("-inf")):
            self.latest[iss, jti] = exp
            heapq.heappush(self.ends, (exp, iss, jti))

    def blocked(self, iss: str, jti: str, now: float) -> bool:
        self._named(iss, jti)
        return self.latest.get((iss, jti), float("-inf")) > now

    def size(self, now: float) -> int:
        while self.ends and self.ends[0][0] <= now:
            exp, iss, jti = heapq.heappop(self.ends)
            if self.latest.get((iss, jti)) == exp:
                del self.latest[iss, jti]
        return len(self.latest)

    def _named(self, *names: object) -> None:
        if not all(isinstance(name, str) and len(name) > 0 for name in names):
            raise ValueError("iss and jti are texts, and not empty")
