"""The pair as JSON text, which can be cut in one way only; nothing is removed, only counted."""

import json


def named(iss, jti):
    if not isinstance(iss, str) or not isinstance(jti, str) or "" in (iss, jti):
        raise ValueError("no name")
    return json.dumps([iss, jti])


class Denylist:
    def __init__(self):
        self.entries = {}

    def add(self, iss, jti, exp):
        self.entries.setdefault(named(iss, jti), set()).add(exp)

    def blocked(self, iss, jti, now):
        return any(now < exp for exp in self.entries.get(named(iss, jti), ()))

    def size(self, now):
        return len([times for times in self.entries.values() if max(times) > now])
