"""One dict for each issuer; what is over is dropped on every occasion that has a time."""


class Denylist:
    def __init__(self):
        self.issuers = {}

    def check(self, *names):
        for name in names:
            if type(name) is not str or name == "":
                raise ValueError(f"not a name: {name!r}")

    def add(self, iss, jti, exp):
        self.check(iss, jti)
        tokens = self.issuers.setdefault(iss, {})
        if jti not in tokens or tokens[jti] < exp:
            tokens[jti] = exp

    def blocked(self, iss, jti, now):
        self.check(iss, jti)
        self.purge(now)
        return jti in self.issuers.get(iss, {})

    def size(self, now):
        self.purge(now)
        return sum(len(tokens) for tokens in self.issuers.values())

    def purge(self, now):
        for iss in list(self.issuers):
            self.issuers[iss] = {jti: exp for jti, exp in self.issuers[iss].items() if exp > now}
            if not self.issuers[iss]:
                del self.issuers[iss]
