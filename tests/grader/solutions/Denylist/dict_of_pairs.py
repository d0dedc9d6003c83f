"""A dict from pairs to times."""


class Denylist:
    def __init__(self) -> None:
        self.until: dict[tuple[str, str], float] = {}

    @staticmethod
    def pair(iss: str, jti: str) -> tuple[str, str]:
        if not (isinstance(iss, str) and iss and isinstance(jti, str) and jti):
            raise ValueError("a token is named by its iss and its jti")
        return iss, jti

    def add(self, iss: str, jti: str, exp: float) -> None:
        pair = self.pair(iss, jti)
        self.until[pair] = max(exp, self.until.get(pair, exp))

    def blocked(self, iss: str, jti: str, now: float) -> bool:
        pair = self.pair(iss, jti)
        return pair in self.until and now < self.until[pair]

    def size(self, now: float) -> int:
        self.until = {pair: exp for pair, exp in self.until.items() if now < exp}
        return len(self.until)
