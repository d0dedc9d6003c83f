"""Keeps a hash of each id, so that whoever reads the store can't use what stands there; ids in decimal."""

import hashlib
import secrets


def digest(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode()).digest()


class SessionStore:
    def __init__(self) -> None:
        self.by_hash: dict[bytes, str] = {}

    def create(self, user: str) -> str:
        session_id = f"{secrets.randbits(160):049d}"
        self.by_hash[digest(session_id)] = user
        return session_id

    def get(self, session_id: str) -> str:
        try:
            return self.by_hash[digest(session_id)]
        except KeyError:
            raise KeyError("unknown session") from None

    def destroy(self, session_id: str) -> None:
        self.by_hash = {key: user for key, user in self.by_hash.items() if key != digest(session_id)}
