"""The rule model of lesson 10 against a real Chromium: the same attacks, the same lines."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import nbformat
import pytest
from flask import Flask, Response, request

from jwt_from_scratch import Key, decode
from jwt_from_scratch.services import serve
from jwt_from_scratch.services.browsers import open_browser, until
from jwt_from_scratch.services.kittens import kittens_app
from jwt_from_scratch.services.page_scripts import ride_note, theft_note
from jwt_from_scratch.services.shed import shed_app
from jwt_from_scratch.services.vulnerable.raw_notes import raw_notes_app
from tests.browser.driver import chromium_path, need_browser

pytestmark = [pytest.mark.browser, pytest.mark.in_ci]

KEY = Key.generate("HS256", kid="test")
JWK = KEY.to_jwk(private=True)
COOKIES = [
    "silent=1",
    "lax=1; SameSite=Lax",
    "strict=1; SameSite=Strict; HttpOnly",
    "none=1; SameSite=None",
    "none_secure=1; SameSite=None; Secure",
    "odd=1; SameSite=Always",
    "secure=1; Secure",
    "hidden=1; HttpOnly",
    "__Host-good=1; Secure; Path=/; HttpOnly; SameSite=Lax",
    "__Host-insecure=1; Path=/",
    "__Host-pathless=1; Secure",
    "__Host-elsewhere=1; Secure; Path=/tools",
    "__Secure-good=1; Secure",
    "__Secure-insecure=1",
    "__host-lower=1; Path=/",
    "foreign=1; Domain=shed.example",
    "deep=1; Path=/deeper",
    "gone=1; Max-Age=0",
    f"long={'x' * 4092}",
    f"longer={'x' * 4091}",
]


def check(token: str) -> dict:
    return decode(token, KEY)


@pytest.fixture(scope="module")
def pair() -> Iterator[list[Any]]:
    need_browser()
    os.environ["CHROMIUM"] = chromium_path() or ""
    with open_browser("chromium") as chromium, open_browser("model") as model:
        yield [chromium, model]


@contextmanager
def attacker() -> Iterator[Any]:
    app = kittens_app()
    with serve(app) as server:
        app.near, app.far = server.url, server.url.replace("127.0.0.1", "localhost")
        yield app


def both(pair: list[Any], experiment: Callable[[Any], Any]) -> Any:
    """The experiment's result, which must be the same in the model and in Chromium."""
    results = []
    for browser in pair:
        browser.fresh()
        results.append(experiment(browser))
    assert results[0] == results[1]
    return results[0]


def test_the_same_cookies_are_kept_sent_and_shown(pair: list[Any]) -> None:
    jar = Flask("jar")

    @jar.get("/")
    def bake() -> Response:
        answer = Response("<body data-ready>")
        for line in COOKIES:
            answer.headers.add("Set-Cookie", line)
        return answer

    @jar.route("/seen", methods=["GET", "POST"])
    def seen() -> str:
        return f"<body data-ready><p id=status>{' '.join(sorted(request.cookies))}</p>"

    with serve(jar) as server, attacker() as kittens:

        def experiment(browser: Any) -> list[Any]:
            browser.open(server.url)
            found: list[Any] = [browser.kept, sorted(browser.script_sees().replace("x", "").split("; "))]
            for start in (f"{where}/{page}" for where in (kittens.far, kittens.near) for page in ("form", "link")):
                browser.open(f"{start}?at={server.url}/seen")
                found.append(browser.read("status"))
            browser.open(server.url + "/seen")
            return [*found, browser.read("status"), kittens.cookies[-2:]]

        found = both(pair, experiment)
    assert "__Host-good" in found[0]
    assert found[2].split() == ["__Secure-good", "hidden", "long", "none_secure", "odd", "secure", "silent"], (
        "another site's form"
    )
    assert "__Host-good" in found[-1][1], "a neighbour on another port is sent the cookies"


def test_the_same_headers_say_where_a_request_comes_from(pair: list[Any]) -> None:
    policies = ("", "no-referrer", "unsafe-url", "strict-origin-when-cross-origin")
    with attacker() as kittens:

        def experiment(browser: Any) -> list[Any]:
            found = []
            for own in (None, "no-referrer", "unsafe-url"):
                shed = shed_app(JWK, check, referrer_policy=own)
                with serve(shed) as site:
                    browser.open(site.url)
                    browser.press("login")
                    browser.press("give")
                    browser.leave_for(kittens.far + "/recipes")
                    for where in (kittens.far, kittens.near):
                        for page, path in (("form", "/give"), ("link", "/me")):
                            for policy in policies:
                                browser.open(f"{where}/{page}?policy={policy}&at={site.url}{path}")
                    told = [(visit.asked, visit.who, visit.headers) for visit in shed.visits]
                    found.append(str(told).replace(site.url, "own"))
                    found.append(kittens.referers[-1].replace(site.url, "own"))
            return found

        both(pair, experiment)


@pytest.mark.parametrize(
    "keep",
    [
        "cookie",
        "cookie; Secure; SameSite=None",
        "cookie; Secure; HttpOnly; SameSite=Lax",
        "cookie; HttpOnly; SameSite=Strict",
        "localStorage",
        "memory",
        "url",
    ],
)
def test_the_same_attacks_work(pair: list[Any], keep: str) -> None:
    with attacker() as kittens:

        def experiment(browser: Any) -> list[Any]:
            kittens.loot.clear()
            shed = raw_notes_app(JWK, check, keep)
            shed.notes += [theft_note(kittens.far + "/loot"), ride_note()]
            with serve(shed) as site:
                browser.open(site.url)
                browser.press("login")
                assert until(lambda: any(visit.asked == "POST /give" for visit in shed.visits))
                assert until(lambda: len(kittens.loot) > 1)
                found: list[Any] = [
                    list(shed.gifts),
                    any("eyJ" in piece for piece in kittens.loot),
                    browser.read("user"),
                ]
                found.append([line.partition("token=")[0] for line in shed.log])
                browser.leave_for(kittens.far + "/recipes")
                found.append(kittens.referers[-1].replace(site.url, "own"))
                browser.back()
                found.append(browser.url.replace(site.url, "own").partition("token=")[0])
                return found

        assert ("ada", "mallory") in both(pair, experiment)[0]


@pytest.mark.slow
def test_the_lesson_shows_the_same_lines_with_both(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    need_browser()
    from nbclient import NotebookClient

    from grader.course import editions as build
    from grader.course import masters as course

    shown = {}
    for kind in ("", "model"):
        monkeypatch.setenv("JWT_COURSE_BROWSER", kind)
        notebook = nbformat.reads(build.as_text(build.solved(course.chapter("10_browser"))), as_version=4)
        NotebookClient(
            notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
        ).execute()
        printed = [
            "".join(output.text for output in cell.outputs if output.output_type == "stream")
            for cell in notebook.cells
            if cell.cell_type == "code"
        ]
        (named,) = (text for text in printed if text.startswith("This is"))
        assert ("real Chromium" in named) is (kind == "")
        shown[kind] = [text for text in printed if text != named]
    assert shown[""] == shown["model"]
