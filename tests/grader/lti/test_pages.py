"""The tool's pages in a browser: in frames of other sites, and in a narrow window."""

import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import playwright.sync_api as playwright
import pytest
from flask import Flask, jsonify, redirect, request

from grader.lti.launch import CLAIM
from grader.lti.tool import Tool
from grader.lti.web import tool_app
from jwt_from_scratch import KeySet, encode
from jwt_from_scratch.services.http import serve
from tests.browser.driver import chromium_path, need_browser
from tests.grader.lti.helpers import CLIENT, ISSUER, PLATFORM, claims_of, rsa

pytestmark = [pytest.mark.browser, pytest.mark.in_ci]


@dataclass
class Sites:
    """A platform, an app in which it stands, and the tool, with two sites among them.

    Attributes:
        lms: its address, on "localhost"; the others are on 127.0.0.1.
        claims: what is different in its launches.
    """

    tool: Tool
    lms: str
    apps: str
    claims: dict[str, Any]

    def register(self, **changes: Any) -> None:
        addresses = {"login": f"{self.lms}/auth", "token": f"{self.lms}/token", "keys": f"{self.lms}/keys"}
        self.tool.change(self.tool.settings().registered(replace(PLATFORM, **addresses, **changes)))


def framing(address: str) -> str:
    return f'<!doctype html><iframe src="{address}" style="width: 700px; height: 700px"></iframe>'


def platform(sites: Sites) -> Flask:
    app = Flask("lms")

    @app.get("/unit")
    def unit() -> str:
        return framing("/start")

    @app.get("/start")
    def start() -> Any:
        asked = {"iss": ISSUER, "client_id": CLIENT, "login_hint": "ada", "target_link_uri": sites.tool.settings().url}
        return redirect(f"{sites.tool.settings().url}/login?{urllib.parse.urlencode(asked)}")

    @app.get("/auth")
    def auth() -> str:
        said = {CLAIM + "target_link_uri": sites.tool.settings().url, **sites.claims}
        token = encode(claims_of(request.args["nonce"], **said), rsa("k1"))
        form = {"id_token": token, "state": request.args["state"]}
        fields = "".join(f'<input name="{name}" value="{value}">' for name, value in form.items())
        action = f"{sites.tool.settings().url}/launch"
        return f'<form method="post" action="{action}">{fields}</form><script>document.forms[0].submit()</script>'

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(KeySet([rsa("k1")]).to_jwks())

    return app


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    with ExitStack() as running:
        doors = [Flask(name) for name in ("tool", "lms", "apps")]
        url, lms, apps = [running.enter_context(serve(door)).url for door in doors]
        tool = Tool.init(tmp_path / "tool", url, {})
        sites = Sites(tool, lms.replace("127.0.0.1", "localhost"), apps, {})
        doors[0].wsgi_app = tool_app(tool, clock=lambda: claims_of("")["iat"]).wsgi_app  # type: ignore[method-assign]
        doors[1].wsgi_app = platform(sites).wsgi_app  # type: ignore[method-assign]
        doors[2].add_url_rule("/", view_func=lambda: framing(f"{sites.lms}/unit"))
        yield sites


@pytest.fixture
def page() -> Iterator[playwright.Page]:
    need_browser()
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_where_the_platform_stands_in_a_frame_ours_does(sites: Sites, page: playwright.Page) -> None:
    sites.register(frames=(sites.apps,))
    page.goto(sites.apps)
    page.frame_locator("iframe").frame_locator("iframe").get_by_role("button", name="Hand in").wait_for()


def test_a_refused_file_is_said_in_the_frame_with_a_way_back(sites: Sites, page: playwright.Page) -> None:
    sites.register()
    page.goto(f"{sites.lms}/unit")
    frame = page.frame_locator("iframe")
    frame.locator("#notebook").set_input_files({"name": "x.ipynb", "mimeType": "text/plain", "buffer": b"hello"})
    frame.get_by_role("button", name="Hand in").click()
    frame.get_by_text("This is no notebook").wait_for()
    frame.get_by_role("link", name="Back to the lesson").click()
    frame.get_by_role("button", name="Hand in").wait_for()


@pytest.mark.parametrize("name", ["Ada", "A" * 100], ids=["usual", "long"])
def test_a_narrow_window_shows_all_of_it(name: str, sites: Sites, page: playwright.Page) -> None:
    sites.register()
    sites.claims["name"] = name
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(f"{sites.lms}/start")
    page.get_by_role("button", name="Hand in").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
