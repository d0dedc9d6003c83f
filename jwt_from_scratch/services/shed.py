"""Lesson 10: a tool library's website. How its page keeps a member's token is an argument.

Members log in and give credits to each other. The vulnerable services of lesson 10 are built on this one, so that
each of their files shows only its flaw.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from .archive import sign
from .page_scripts import page_script

COOKIE = "token"
LIFETIME = 14_400
"""Seconds for which a token is valid: whoever reads lesson 10 with a break must not be logged out by it."""


@dataclass(frozen=True)
class Visit:
    """One request as the server saw it.

    Attributes:
        asked: method and path, such as "POST /give".
        who: the member whose valid token was sent; "" without one.
        brought: how it was sent: "cookie", "header", "url" or "".
        headers: the headers that tell where the request comes from, named in `TELLING`.
    """

    asked: str
    who: str
    brought: str
    headers: dict[str, str]


TELLING = ("Sec-Fetch-Site", "Origin", "Referer")


class Shed(Flask):
    """The service and its state.

    POST /login takes a form with `user` (without a password, which this lesson does not need). GET / is the page with
    the pinboard, GET /me returns the member's name, POST /give with `to` gives that member five credits.

    Attributes:
        gifts: who gave credits to whom.
        visits: every request for a page or a gift.
        log: the access log as any web server writes it: method, path and query.
        notes: the notes on the pinboard; anybody may append one.
    """

    def __init__(
        self,
        key: dict[str, Any],
        verify: Callable[[str], dict[str, Any]],
        keep: str = "cookie",
        *,
        set_cookie: Callable[[str], str] | None = None,
        guard: Callable[[dict[str, Any]], bool] = lambda request: True,
        show_note: Callable[[str], str] = escape,
        give_by: tuple[str, ...] = ("POST",),
        referrer_policy: str | None = None,
    ) -> None:
        """Make the service.

        Args:
            key: the JWK that tokens are signed with, for HS256.
            verify: takes a token and returns its claims, or raises ValueError.
            keep: where the page keeps its token: "localStorage", "memory", "url", or "cookie" followed by attributes.
            set_cookie: makes the Set-Cookie header's value for a token; by default it is made from `keep`.
            guard: gets each request that might change something, as {"method": …, "headers": {…}}; False refuses it.
            show_note: turns a note into HTML.
            give_by: the methods by which credits can be given.
            referrer_policy: the Referrer-Policy header of the pages.
        """
        super().__init__(__name__)
        self.gifts: list[tuple[str, str]] = []
        self.visits: list[Visit] = []
        self.log: list[str] = []
        self.notes: list[str] = []
        self._key, self._verify, self._keep = key, verify, keep
        self._set_cookie, self._guard, self._show_note = set_cookie, guard, show_note
        self._referrer_policy = referrer_policy
        self.after_request(self._remember)
        self.add_url_rule("/login", view_func=self._login, methods=["POST"])
        self.add_url_rule("/", view_func=self._home)
        self.add_url_rule("/me", view_func=self._me)
        self.add_url_rule("/give", view_func=self._give, methods=list(give_by))

    def _remember(self, made: Response) -> Response:
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        self.log.append(f"{request.method} {request.path}{query}")
        who, brought = self._token_holder()
        seen = {name: request.headers[name] for name in TELLING if name in request.headers}
        self.visits.append(Visit(f"{request.method} {request.path}", who, brought, seen))
        return made

    def _token_holder(self) -> tuple[str, str]:
        """The member whose token was sent, and how. With a token in the header, the cookie is ignored."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        named = [value for name, value in request.cookies.items() if name == COOKIE or name.startswith("__Host-")]
        if scheme.lower() == "bearer":
            token, brought = bearer, "header"
        elif self._in_cookie and named:
            token, brought = named[0], "cookie"
        elif self._keep == "url" and "token" in request.args:
            token, brought = request.args["token"], "url"
        else:
            return "", ""
        try:
            claims = self._verify(token)
        except ValueError:
            return "", ""
        return (str(claims.get("sub")), brought) if claims.get("exp", 0) > time.time() else ("", "")

    @property
    def _in_cookie(self) -> bool:
        return self._keep.startswith("cookie")

    def _refusal(self) -> Response | None:
        """The answer if the guard refuses the request; None if the request may change something."""
        try:
            may = self._guard({"method": request.method, "headers": dict(request.headers)})
        except Exception as error:  # if the guard fails, the request is refused
            status = 501 if isinstance(error, NotImplementedError) else 500
            return self._page(f"<p id=status>refused: {escape(str(error) or type(error).__name__)}</p>", status)
        return None if may else self._page("<p id=status>refused: this does not come from our own page</p>", 403)

    def _login(self) -> ResponseReturnValue:
        if no := self._refusal():
            return no
        token = sign({"sub": request.form.get("user", "guest"), "exp": int(time.time()) + LIFETIME}, self._key)
        if not self._in_cookie:
            return Response(token, mimetype="text/plain")
        answer = Response("hello", mimetype="text/plain")
        answer.headers["Set-Cookie"] = self._set_cookie(token) if self._set_cookie else _cookie(token, self._keep)
        return answer

    def _home(self) -> ResponseReturnValue:
        notes = Markup("\n").join(Markup(self._show_note(note)) for note in self.notes)  # noqa: S704 - it escapes
        script = page_script(self._keep)
        return self._page(PAGE.format(user=escape(self._token_holder()[0]), script=script, notes=notes))

    def _me(self) -> ResponseReturnValue:
        who, _ = self._token_holder()
        return self._page(f"<p id=user>{escape(who)}</p><p id=status>{'hello' if who else 'who are you?'}</p>")

    def _give(self) -> ResponseReturnValue:
        who, _ = self._token_holder()
        if not who:
            return self._page("<p id=status>log in first</p>", 401)
        if no := self._refusal():
            return no
        to = request.values.get("to", "")
        self.gifts.append((who, to))
        return self._page(f"<p id=status>{escape(who)} gives 5 credits to {escape(to)}</p>")

    def _page(self, body: str, status: int = 200) -> Response:
        # With this icon, browsers do not request /favicon.ico, which would be listed among the visits.
        head = '<!doctype html><link rel=icon href="data:,">'
        made = Response(f"{head}<body data-ready>{body}</body>", status, mimetype="text/html")
        if self._referrer_policy:
            made.headers["Referrer-Policy"] = self._referrer_policy
        return made


shed_app = Shed
"""The same, under a name like those of the other services."""

PAGE = """
<h1>Tool library</h1>
<p id=user>{user}</p>
<input id=to value=bob> <button id=give>give 5 credits</button> <button id=login>log in</button>
<p id=status></p>
<a id=away href="/">an address to be put in by others</a>
<script>{script}</script>
{notes}
"""


def _cookie(token: str, keep: str) -> str:
    """The Set-Cookie header's value for a token, with the attributes that follow "cookie" in `keep`."""
    return f"{COOKIE}={token}; Path=/{keep.removeprefix('cookie')}"
