"""A tool library's website: members log in and hand credits to each other. How the page keeps its token is an argument.

The services of lesson 10 that are vulnerable on purpose share this, so that each of their files shows its flaw alone.
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
LIFETIME = 900
"""Seconds for which a token is good."""


@dataclass(frozen=True)
class Visit:
    """One request as the server saw it.

    Attributes:
        asked: method and path, such as "POST /give".
        who: whose good token came along; "" when none did.
        brought: how it came: "cookie", "header", "url" or "".
        headers: what the browser says about where the request comes from, under the names in `TELLING`.
    """

    asked: str
    who: str
    brought: str
    headers: dict[str, str]


TELLING = ("Sec-Fetch-Site", "Origin", "Referer")


class Shed(Flask):
    """The service, with what it remembers.

    Attributes:
        gifts: who gave credits to whom.
        visits: every request for a page or a gift.
        log: the access log as any web server writes it: method, path and query.
        notes: what hangs on the pinboard; anybody may append.
    """

    gifts: list[tuple[str, str]]
    visits: list[Visit]
    log: list[str]
    notes: list[str]


def shed_app(
    key: dict[str, Any],
    verify: Callable[[str], dict[str, Any]],
    keep: str = "cookie",
    *,
    set_cookie: Callable[[str], str] | None = None,
    guard: Callable[[dict[str, Any]], bool] = lambda request: True,
    show_note: Callable[[str], str] = escape,
    give_by: tuple[str, ...] = ("POST",),
    referrer_policy: str | None = None,
) -> Shed:
    """Make the service.

    Args:
        key: the JWK that tokens are signed with, for HS256.
        verify: takes a token and returns its claims, or raises ValueError.
        keep: where the page keeps its token: "localStorage", "memory", "url", or "cookie" with attributes behind it.
        set_cookie: writes the Set-Cookie header's value for a token; without it, `keep` says what stands there.
        guard: sees each request that might change something, as {"method": …, "headers": {…}}; False refuses it.
        show_note: how a note is written into the page.
        give_by: the methods by which credits can be given.
        referrer_policy: the Referrer-Policy header of the pages.

    POST /login takes a form with `user` (no password: this lesson's thieves have no use for one). GET / is the page
    with the pinboard, GET /me says who one is, POST /give with `to` gives that member five credits.
    """
    app = Shed(__name__)
    app.gifts, app.visits, app.log, app.notes = [], [], [], []
    in_cookie = keep.startswith("cookie")

    @app.after_request
    def remember(made: Response) -> Response:
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        app.log.append(f"{request.method} {request.path}{query}")
        who, brought = token_holder()
        seen = {name: request.headers[name] for name in TELLING if name in request.headers}
        app.visits.append(Visit(f"{request.method} {request.path}", who, brought, seen))
        return made

    def token_holder() -> tuple[str, str]:
        """Whose token came, and how. A request that brings its token in the header has no use for the cookie."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        named = [value for name, value in request.cookies.items() if name == COOKIE or name.startswith("__Host-")]
        if scheme.lower() == "bearer":
            token, brought = bearer, "header"
        elif in_cookie and named:
            token, brought = named[0], "cookie"
        elif keep == "url" and "token" in request.args:
            token, brought = request.args["token"], "url"
        else:
            return "", ""
        try:
            claims = verify(token)
        except ValueError:
            return "", ""
        return (str(claims.get("sub")), brought) if claims.get("exp", 0) > time.time() else ("", "")

    def refusal() -> Response | None:
        """What the guard's no looks like; None if this request may change something."""
        try:
            may = guard({"method": request.method, "headers": dict(request.headers)})
        except Exception as error:  # a guard that stumbles lets nobody in
            status = 501 if isinstance(error, NotImplementedError) else 500
            return answer(f"<p id=status>refused: {escape(str(error) or type(error).__name__)}</p>", status)
        return None if may else answer("<p id=status>refused: this does not come from our own page</p>", 403)

    @app.post("/login")
    def login() -> ResponseReturnValue:
        if no := refusal():
            return no
        token = sign({"sub": request.form.get("user", "guest"), "exp": int(time.time()) + LIFETIME}, key)
        if not in_cookie:
            return Response(token, mimetype="text/plain")
        answer = Response("hello", mimetype="text/plain")
        answer.headers["Set-Cookie"] = set_cookie(token) if set_cookie else _cookie(token, keep)
        return answer

    @app.get("/")
    def page() -> ResponseReturnValue:
        notes = Markup("\n").join(Markup(show_note(note)) for note in app.notes)  # noqa: S704 - show_note escapes
        return answer(PAGE.format(user=escape(token_holder()[0]), script=page_script(keep), notes=notes))

    @app.get("/me")
    def me() -> ResponseReturnValue:
        who, _ = token_holder()
        return answer(f"<p id=user>{escape(who)}</p><p id=status>{'hello' if who else 'who are you?'}</p>")

    @app.route("/give", methods=list(give_by))
    def give() -> ResponseReturnValue:
        who, _ = token_holder()
        if not who:
            return answer("<p id=status>log in first</p>", 401)
        if no := refusal():
            return no
        app.gifts.append((who, request.values.get("to", "")))
        return answer(f"<p id=status>{escape(who)} gives 5 credits to {escape(request.values.get('to', ''))}</p>")

    def answer(body: str, status: int = 200) -> Response:
        # With an icon of its own, no browser asks for /favicon.ico, which would stand among the visits.
        head = '<!doctype html><link rel=icon href="data:,">'
        made = Response(f"{head}<body data-ready>{body}</body>", status, mimetype="text/html")
        if referrer_policy:
            made.headers["Referrer-Policy"] = referrer_policy
        return made

    return app


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
    """The Set-Cookie header's value for a token, with the attributes that stand behind "cookie"."""
    return f"{COOKIE}={token}; Path=/{keep.removeprefix('cookie')}"
