"""Bytes of the operating system in hexadecimal; a missing id is looked for first."""

import os


class SessionStore:
    def __init__(self):
        self._sessions = {}

    def create(self, user):
        fresh = os.urandom(32).hex()
        while fresh in self._sessions:
            fresh = os.urandom(32).hex()
        self._sessions[fresh] = {"user": user}
        return fresh

    def get(self, session_id):
        if session_id not in self._sessions:
            raise KeyError("no such session")
        return self._sessions[session_id]["user"]

    def destroy(self, session_id):
        if session_id in self._sessions:
            del self._sessions[session_id]
