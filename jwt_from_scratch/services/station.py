"""Lesson 11: the mountain rescue: an issuer, called base; two clients, rota and depot; an API for each of them."""

import sys
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .. import KeySet
from .api import api_app
from .client import Client, Pkce, client_app
from .http import Server
from .issuer import Grant, SignOn
from .record import Record
from .visitor import Visitor

PASSWORDS = {"ada": "edelweiss-1843", "bob": "north face", "mallory": "crevasse"}
PAGES = {"rota": "You are on call on Sunday.", "depot": "Rope 7 is lent to you."}

Check = Callable[[str, KeySet, str], dict[str, Any]]
"""How an API checks a token: takes the token, the issuer's keys and the API's name; returns claims, or ValueError."""


def api_name(client: str) -> str:
    """The name of a client's API, which is the `aud` of its access tokens."""
    return f"https://api.{client}.example"


def in_address(address: str, name: str) -> str:
    """A parameter in an address; "" if it is missing."""
    return parse_qs(urlsplit(address).query).get(name, [""])[0]


class Station:
    """Five services and the record of their requests to each other. Ends with `close()` or at the end of a `with`.

    Attributes:
        record: the requests and answers.
        issuer, rota, depot: the apps, with their state.
        url: the address of "base", "rota", "depot", "rota-api" and "depot-api".
    """

    def __init__(
        self,
        check: Check,
        token_endpoint: Grant,
        refresh: Grant,
        pkce: Pkce | None = None,
        client: Callable[..., Client] = client_app,
    ) -> None:
        self.record = Record()
        self._servers: list[Server] = []
        self.url: dict[str, str] = {}
        self.issuer = SignOn(PASSWORDS, token_endpoint, refresh, needs_challenge=pkce is not None)
        self._serve(self.issuer, "base")
        clients = {name: self._client(name, check, pkce, client) for name in PAGES}
        self.rota, self.depot = clients["rota"], clients["depot"]

    def _client(self, name: str, check: Check, pkce: Pkce | None, make: Callable[..., Client]) -> Client:
        keys: list[KeySet] = []

        def checked(token: str) -> dict[str, Any]:
            if not keys:
                keys.append(KeySet.from_jwks(Visitor(f"{name}-api").get(self.url["base"] + "/jwks").json))
            return check(token, keys[0], api_name(name))

        self._serve(api_app(PAGES[name], checked), f"{name}-api")
        app = make(name, self.url["base"], self.url[f"{name}-api"], pkce)
        self._serve(app, name)
        self.issuer.register(name, self.url[name], api_name(name))
        return app

    def _serve(self, app: Any, name: str) -> None:
        self._servers.append(self.record.serve(app, name))
        self.url[name] = self._servers[-1].url

    def log_in(self, person: Visitor, site: str) -> str:
        """Press "log in" at a site and, if the issuer asks for it, enter the password. Returns the resulting page."""
        page = person.get(self.url[site] + "/login")
        if "password" in page.text:
            page = person.post(person.url, {"user": person.name, "password": PASSWORDS[person.name]})
        return page.text

    def until_code(self, person: Visitor, site: str) -> str:
        """Log in up to the redirect with the code, and do not follow it. Returns its address."""
        begin = person.get(self.url[site] + "/login", follow=False).headers["Location"]
        answer = person.get(begin, follow=False)
        if answer.status == 200:  # the login form
            answer = person.post(begin, {"user": person.name, "password": PASSWORDS[person.name]}, follow=False)
        return answer.headers["Location"]

    def close(self) -> None:
        """Close all five in parallel, because each takes a moment. Closing twice does no harm."""
        if sys.platform == "emscripten":  # no threads
            for server in self._servers:
                server.close()
            return
        closing = [threading.Thread(target=server.close) for server in self._servers]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()

    def __enter__(self) -> "Station":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
