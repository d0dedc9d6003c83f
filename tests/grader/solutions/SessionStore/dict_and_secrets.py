"""A dict and `secrets.token_urlsafe`."""

import secrets


class SessionStore:
    def __init__(self) -> None:
        self.users: dict[str, str] = {}

    def create(self, user: str) -> str:
        session_id = secrets.token_urlsafe(16)
        self.users[session_id] = user
        return session_id

    def get(self, session_id: str) -> str:
        return self.users[session_id]

    def destroy(self, session_id: str) -> None:
        self.users.pop(session_id, None)
