"""The store is a dict itself; the ids are letters, chosen one by one."""

import secrets
import string


class SessionStore(dict):
    LETTERS = string.ascii_letters + string.digits

    def create(self, user: str) -> str:
        name = "".join(secrets.choice(self.LETTERS) for _ in range(24))
        self[name] = user
        return name

    def get(self, session_id: str) -> str:
        return self[session_id]

    def destroy(self, session_id: str) -> None:
        if session_id in self:
            del self[session_id]
