"""The tool's pages: cookies, hand-ins, what is refused there, and what the log says."""

import errno
import json
import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from grader.files import MAX_NOTEBOOK
from grader.lti import web
from grader.lti.addresses import origin_of
from grader.lti.launch import CLAIM, ENDPOINT, SCORE, student_of
from grader.lti.store import HOURS, Score, Store, Visit
from grader.lti.tool import Tool
from jwt_from_scratch import KeySet, encode
from tests.grader.helpers import student
from tests.grader.lti.helpers import CLIENT, ISSUER, PLATFORM, SMALL, TOOL, Browser, World, claims_of, rsa

ADA = student_of((ISSUER, CLIENT), "4711")


@pytest.fixture(scope="module")
def notebook() -> bytes:
    return json.dumps(student("01_encoding")).encode()


def cookies_of(answer: Any) -> list[str]:
    return list(answer.headers.getlist("Set-Cookie"))


def test_each_cookie_is_for_a_frame_of_another_site_and_for_no_script(world: World) -> None:
    browser = world.browser()
    begun = browser.begin()
    asked = dict(pair.split("=", 1) for pair in begun.location.partition("?")[2].split("&"))
    token = encode(claims_of(asked["nonce"]), rsa("k1"))
    ended = browser.post({"id_token": token, "state": asked["state"]})
    login, gone, session = *cookies_of(begun), *cookies_of(ended)
    for cookie in (login, session, gone):
        parts = [part.strip() for part in cookie.split(";")]
        assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"} <= set(parts)
        assert parts[0].startswith("__Host-lti-")
        assert not [part for part in parts if part.startswith("Domain")]
    assert "Max-Age=600" in login
    assert "Max-Age" not in session  # it is gone with the browser; and here it is good for so many hours
    assert "Expires" not in session
    assert "Max-Age=0" in gone
    assert login.partition("=")[0] == gone.partition("=")[0]
    # Neither the state nor the nonce can be read in the address and put into a cookie: it is sealed.
    assert len(login.partition("=")[2].partition(";")[0].split(".")) == 3


def test_the_key_set_is_public_and_nothing_else_is(world: World) -> None:
    answer = world.app.test_client().get(f"{TOOL}/jwks.json")
    assert answer.mimetype == "application/jwk-set+json"
    (jwk,) = answer.get_json()["keys"]
    assert set(jwk) == {"kty", "n", "e", "alg", "use", "kid"}
    assert len(KeySet.from_jwks(answer.get_json())) == 1
    for path in (
        "/key.json",
        "/lti.json",
        "/lti.db",
        "/../key.json",
        "/visit/..%2fkey.json",
        "/submitted",
        "/cookie-secret",
    ):
        answer = world.app.test_client().get(TOOL + path)
        assert answer.status_code in (403, 404), path


def test_all_answers_forbid_what_they_need_not(world: World) -> None:
    browser = world.browser()
    page = browser.launch(**{CLAIM + "launch_presentation": {"return_url": "https://School.example:8443/back?x"}})
    for path in (page, f"{TOOL}/", f"{TOOL}/jwks.json", f"{TOOL}/nothing", f"{TOOL}/page.css"):
        heads = browser.client.get(path).headers
        policy = heads["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert heads["Cache-Control"] == "no-store"
        assert heads["X-Content-Type-Options"] == "nosniff"
    policy = browser.client.get(page).headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {ISSUER} https://school.example:8443")


def test_a_page_in_which_the_platform_stands_may_show_ours(tool: Tool) -> None:
    """As Open edX stands in a frame of the app in which learners read their course."""
    tool.change(tool.settings().registered(replace(PLATFORM, frames=("https://apps.lms.example/learning",))))
    browser = World(tool).browser()
    policy = browser.client.get(browser.launch()).headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {ISSUER} https://apps.lms.example")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refusal_is_seen_in_a_frame(scheme: str, tmp_path: Path) -> None:
    app = World(Tool.init(tmp_path / "tool", f"{scheme}://localhost:8400", {})).app
    policy = app.test_client().get("/login").headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {scheme}:")


def test_an_address_that_would_change_the_policy_is_left_out(world: World) -> None:
    browser = world.browser()
    for bad in (
        "https://x; script-src *",
        "https://x;script-src/",
        "https://*",
        "https://[x]",
        "javascript:1",
        "https://a.example/\r\nX: y",
        "http://a.example",
        ["x"],
    ):
        page = browser.launch(**{CLAIM + "launch_presentation": {"return_url": bad}})
        assert browser.client.get(page).headers["Content-Security-Policy"].endswith(f"'self' {ISSUER}")


def test_texts_of_a_platform_are_text(world: World) -> None:
    browser = world.browser()
    page = browser.client.get(browser.launch(name="<script>alert(1)</script>\u202e\x1b[31m" * 9)).text
    assert "<script" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page


@pytest.mark.parametrize("name", ["Zoë Müller", "李 雷", "O'Neil", "\u0db4\u0dca\u200d\u0dbb\u0dd2\u0dba"])
def test_a_name_is_greeted_in_its_own_letters(name: str, world: World) -> None:
    browser = world.browser()
    page = browser.client.get(browser.launch(name=f" {name}\u00a0B.\n\u2028")).text
    assert f"Hello <bdi>{escape(name)} B.</bdi>." in page


# -- handing in --


def test_a_hand_in_is_kept_as_it_is_and_noted(world: World, notebook: bytes) -> None:
    browser = world.browser()
    page = browser.launch()
    answer = browser.hand_in(page, notebook)
    assert answer.status_code == 303
    assert "has arrived" in browser.client.get(answer.location).text
    file = world.tool.root / "submitted" / ADA / "01_encoding.ipynb"
    assert file.read_bytes() == notebook
    (noted,) = [one for one in world.tool.store.hand_ins() if one.student == ADA]
    assert (noted.lesson, noted.lineitem, noted.sub, noted.client_id) == (
        *("01_encoding", f"{ISSUER}/items/5"),
        *("4711", CLIENT),
    )
    changed = notebook.replace(b"b64u_encode", b"b64u_encode ")
    browser.hand_in(page, changed)
    assert file.read_bytes() == changed
    assert [path.name for path in file.parent.iterdir()] == ["01_encoding.ipynb"]


def test_who_handed_in_under_an_older_versions_id_keeps_it_with_the_score(world: World, notebook: bytes) -> None:
    """Else a lower score would go over the one that the platform has, which stands under the other id."""
    old, new = "early.u0123456789abcdef", student_of((ISSUER, CLIENT), "early")
    before = Visit(ISSUER, CLIENT, "early", old, "Ada", True, "01_encoding", f"{ISSUER}/items/5", ())
    store = world.tool.store
    store.hand_in(before, world.now - 1)
    (noted,) = [one for one in store.hand_ins() if one.sub == "early"]
    store.sent(noted, Score(21, 25, "", ""))
    browser = world.browser()
    page = browser.launch(sub="early")
    browser.hand_in(page, notebook)
    assert [one.student for one in store.hand_ins() if one.sub == "early"] == [old]
    assert "21 of 25" in browser.client.get(page).text
    assert world.tool.hand_in(old, "01_encoding").read_bytes() == notebook
    store.hand_in(replace(before, client_id="another school", lineitem="theirs"), world.now)
    assert store.as_known(replace(before, student=new)).student == new, "an id of two people is nobody's"


def test_the_page_says_what_the_course_has(world: World) -> None:
    browser = world.browser()
    for nowhere in ({}, {"scope": [], "lineitem": f"{ISSUER}/items/5"}, {"scope": [SCORE]}):
        page = browser.launch(sub="nowhere", **{ENDPOINT: nowhere})
        text = browser.client.get(browser.hand_in(page, SMALL).location).text
        assert "no column" in text
        assert "your course" not in text.replace("a score in your course", "")
    page = browser.launch(sub="someone")
    browser.hand_in(page, SMALL)
    assert "Not graded yet" in browser.client.get(page).text
    (it,) = [one for one in world.tool.store.hand_ins() if one.sub == "someone"]
    world.tool.store.sent(it, Score(20, 25, "b64u_encode: 0 of 5 <b>", "2030-01-01T00:00:00Z"))
    text = browser.client.get(page).text
    assert "20 of 25 points" in text
    assert "0 of 5 &lt;b&gt;" in text
    assert "Not graded yet" not in text


BAD_UPLOADS: dict[str, tuple[int, str, bytes]] = {
    "nothing": (400, "Choose your notebook", b""),
    "a text": (400, "no notebook", b"hello"),
    "a number": (400, "no notebook", b"7"),
    "a list": (400, "no notebook", b"[]"),
    "no cells": (400, "no notebook", b"{}"),
    "cells that are a text": (400, "no notebook", b'{"cells": "x"}'),
    "half of one": (400, "no notebook", b'{"cells": ['),
    "deep": (400, "no notebook", b"[" * 200_000),
    "a long number": (400, "no notebook", b"1" * 10_000),
    "not UTF-8": (400, "no notebook", b'{"cells": ["\xff"]}'),
    "a zip file": (400, "no notebook", b"PK\x03\x04"),
    "a byte order mark": (400, "no notebook", b'\xef\xbb\xbf{"cells": []}'),
    "UTF-16": (400, "no notebook", '{"cells": []}'.encode("utf-16")),
    "no exercise": (400, "None of the exercises of 01_encoding", b'{"cells": []}'),
    "cells that are none": (400, "no notebook", b'{"cells": [1]}'),
    "more than is parsed": (400, "more data", b'{"cells": [' + b"[]," * 1_000_000 + b"[]]}"),
    "too much": (413, "10 MB", b" " * (MAX_NOTEBOOK + 1)),
    "far too much": (413, "10 MB", b" " * (MAX_NOTEBOOK + 1_000_000)),
}


@pytest.mark.parametrize("name", BAD_UPLOADS)
def test_a_bad_upload_is_one_sentence_and_changes_nothing(
    name: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    status, text, data = BAD_UPLOADS[name]
    browser = world.browser()
    page = browser.launch(sub="mallory")
    before = world.tool.store.hand_ins()
    answer = browser.hand_in(page, data)
    assert answer.status_code == status
    assert text in answer.text
    assert f'<a href="{page.removeprefix("https://tool.example")}">Back to the lesson</a>' in answer.text
    assert "Traceback" not in answer.text
    assert world.tool.store.hand_ins() == before
    assert not (world.tool.root / "submitted" / student_of((ISSUER, CLIENT), "mallory")).exists()
    assert [one.getMessage().split(":")[0] for one in caplog.records if one.levelno >= logging.WARNING] == ["refused"]


def test_a_notebook_of_ten_megabytes_is_taken(tool: Tool) -> None:
    browser = World(tool).browser()
    data = SMALL + b" " * (MAX_NOTEBOOK - len(SMALL))
    assert browser.hand_in(browser.launch(), data).status_code == 303
    assert tool.hand_in(ADA, "01_encoding").read_bytes() == data


def test_a_form_without_a_file_is_one_sentence(world: World) -> None:
    browser = world.browser()
    answer = browser.client.post(browser.launch(), data={}, headers={"Origin": "https://tool.example"})
    assert answer.status_code == 400
    assert "Choose your notebook" in answer.text


def test_a_page_has_its_lesson_and_its_looks(world: World) -> None:
    browser = world.browser()
    page = browser.client.get(browser.launch()).text
    assert "<h1>01 " in page
    assert f'href="{TOOL}/page.css"' in page
    assert browser.client.get(f"{TOOL}/page.css").status_code == 200


def test_a_visit_has_one_address(world: World) -> None:
    browser = world.browser()
    page = browser.launch()
    assert browser.client.get(f"{page[:-8]}.{page[-8:]}").status_code == 403


def test_settings_that_somebody_spoiled_while_it_serves_are_said_in_the_log(
    tool: Tool, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(tool)
    (tool.root / "lti.json").write_text("{", "utf-8")
    answer = world.browser().begin()
    assert answer.status_code == 500
    assert "lti.json" not in answer.text
    assert "not the settings of a tool" in caplog.text


def test_another_lesson_is_not_taken(world: World) -> None:
    browser = world.browser()
    answer = browser.hand_in(browser.launch(sub="eve"), json.dumps(student("02_hmac")).encode())
    assert answer.status_code == 400
    assert "notebook of 02_hmac" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://tool.example.evil.example", "", None])
def test_another_site_can_hand_in_nothing(origin: str | None, world: World, notebook: bytes) -> None:
    browser = world.browser()
    page = browser.launch(sub="bob")
    heads = {} if origin is None else {"Origin": origin}
    answer = browser.client.post(page, data={"notebook": (BytesIO(notebook), "x.ipynb")}, headers=heads)
    assert answer.status_code == 403
    assert not (world.tool.root / "submitted" / student_of((ISSUER, CLIENT), "bob")).exists()


def test_nobody_gets_into_another_ones_visit(world: World, notebook: bytes) -> None:
    ada, bob = world.browser(), world.browser()
    hers = ada.launch()
    bob.launch(sub="bob")
    for stranger in (world.browser(), bob):
        assert stranger.client.get(hers).status_code == 403
        assert stranger.client.get(f"{hers}/01_encoding.ipynb").status_code == 403
        refused = stranger.hand_in(hers, notebook)
        assert refused.status_code == 403
        assert "Back to" not in refused.text
    number = hers.rpartition("/")[2]
    bob.client.set_cookie(f"__Host-lti-{''.join(filter(str.isalnum, number))}", number, domain="tool.example")
    assert bob.client.get(hers).status_code == 403


def test_who_comes_next_at_a_shared_computer_finds_no_visit_of_who_was_there(world: World) -> None:
    browser = world.browser()
    hers, more = browser.launch(), browser.launch(**{CLAIM + "custom": {"lesson": "02"}})
    assert [browser.client.get(page).status_code for page in (hers, more)] == [200, 200]
    his = browser.launch(sub="bob")
    assert [browser.client.get(page).status_code for page in (hers, more, his)] == [403, 403, 200]


def test_a_visit_ends_and_survives_a_restart(world: World) -> None:
    browser = world.browser()
    page = browser.launch()
    again = World(world.tool)
    moved = Browser(again, again.app.test_client())
    for _, _, name in list(browser.client._cookies):
        cookie = browser.client.get_cookie(name, domain="tool.example")
        assert cookie is not None
        moved.client.set_cookie(name, cookie.value, domain="tool.example")
    assert moved.client.get(page).status_code == 200
    again.now += HOURS * 3600 + 1
    assert moved.client.get(page).status_code == 403


def test_what_is_over_is_forgotten(tool: Tool) -> None:
    visit = Visit(ISSUER, CLIENT, "4711", ADA, "", True, "01_encoding", "", ())
    for now in (0.0, HOURS * 3600 + 1.0):
        assert tool.store.use(f"login {now}", now + 600, now)
        assert not tool.store.use(f"login {now}", now + 600, now)
        assert tool.store.visit(tool.store.begin_visit(visit, now), now) == visit
    with closing(sqlite3.connect(tool.root / "lti.db")) as database:
        counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("ended", "launches")]
    assert counts == [(1,), (1,)]


@pytest.mark.parametrize("moment", ["use", "begin_visit", "hand_in"])
def test_a_stop_in_the_midst_costs_no_more_than_one_more_press(
    moment: str, tool: Tool, notebook: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the login was ended, before the launch is noted, after a file was written and before it is noted."""

    def stopped(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    browser = World(tool).browser()
    with monkeypatch.context() as patch:
        patch.setattr(Store, moment, stopped)
        with pytest.raises(KeyboardInterrupt):
            browser.hand_in(browser.launch(sub="stopped"), notebook)
    again = World(tool).browser()
    page = again.launch(sub="stopped")
    assert "Not graded yet" not in again.client.get(page).text
    assert again.hand_in(page, notebook).status_code == 303
    assert len(tool.store.hand_ins()) == 1


def test_two_lessons_are_open_in_one_browser_at_once(world: World) -> None:
    browser = world.browser()
    one = browser.launch()
    other = browser.launch(**{CLAIM + "custom": {"lesson": "02"}})
    assert "01_encoding.ipynb" in browser.client.get(one).text
    assert "02_hmac.ipynb" in browser.client.get(other).text


def test_lessons_are_downloaded_and_nothing_else(world: World) -> None:
    browser = world.browser()
    page = browser.launch()
    answer = browser.client.get(f"{page}/01_encoding.ipynb")
    assert json.loads(answer.data)["cells"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for bad in ("99_none", "..%2f..%2fREADME", "source%2f01_encoding"):
        assert browser.client.get(f"{page}/{bad}.ipynb").status_code == 404


def test_what_breaks_is_one_sentence_and_a_line_without_its_data(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret-4711")

    browser = world.browser()
    page = browser.launch()
    monkeypatch.setattr(type(world.tool.store), "visit", broken)
    answer = browser.client.get(page)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    (line,) = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert line.startswith("failed: RuntimeError at test_web.py:")
    assert "secret" not in caplog.text + answer.text


def test_a_full_disk_is_said_in_the_log(tool: Tool, caplog: pytest.LogCaptureFixture) -> None:
    browser = World(tool).browser()
    page = browser.launch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "write_whole", full)
        assert browser.hand_in(page, SMALL).status_code == 500
    assert "01_encoding.ipynb: there is no room left on the disk" in caplog.text
    (tool.root / "lti.db").write_bytes(b"x" * 5000)
    assert browser.client.get(page).status_code == 500
    assert f"{tool.root}/lti.db can't be used: it is damaged" in caplog.text


def full(path: Path, content: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", str(path))


def test_an_ordinary_day_leaves_no_secret_in_the_log(
    world: World, notebook: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = world.browser()
    page = browser.launch()
    browser.hand_in(page, notebook)
    values = [browser.client.get_cookie(name, domain="tool.example").value for _, _, name in browser.client._cookies]  # type: ignore[union-attr]
    assert values
    for value in (*values, "Lovelace"):
        assert value not in caplog.text
    assert "handed in" in caplog.text


def test_the_web_process_has_no_sandbox_and_no_judge(tmp_path: Path) -> None:
    code = "import sys, grader.lti.web; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & {
        "grader.engine.sandbox",
        "grader.engine.process",
        "grader.judging.judge",
        "grader.batch.workers",
    }


# -- strangers --


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "//evil.example/%2e%2e", "/jwt", "/jwt//visit", "/jwt/visit/", "/jwt/login/", "/jwt/x//y"],
)
def test_nothing_leads_elsewhere_than_to_the_platform_and_our_own_pages(path: str, world: World) -> None:
    client = world.app.test_client()
    answer = client.get(path, headers={"Host": "evil.example"}, base_url="https://tool.example")
    assert "Location" not in answer.headers
    assert "evil" not in answer.text


def test_where_a_browser_is_sent_does_not_depend_on_what_it_says(world: World) -> None:
    heads = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    asked = {
        "iss": ISSUER,
        "login_hint": "x\r\nX: y",
        "target_link_uri": "https://evil.example",
        "lti_message_hint": "\n",
    }
    answer = world.app.test_client().get("/jwt/login", query_string=asked, headers=heads)
    assert answer.location.startswith(f"{ISSUER}/auth?site=7&")
    assert "evil" not in answer.location
    assert "X" not in answer.headers


@pytest.mark.parametrize("path", ["/login", "/launch"])
def test_a_form_is_small_and_only_a_hand_in_is_large(path: str, world: World) -> None:
    data = {"state": "x", "more": (BytesIO(b" " * 300_000), "x")}
    answer = world.app.test_client().post(f"{TOOL}{path}", data=data)
    assert answer.status_code == 413
    assert "MB" not in answer.text


@pytest.mark.parametrize("port", ["", ":443"])
def test_our_own_origin_is_as_a_browser_writes_it(port: str, tmp_path: Path) -> None:
    tool = Tool.init(tmp_path / "tool", f"https://Tool.example{port}/jwt", {})
    assert origin_of(tool.settings().url) == "https://tool.example"


HOSTILE = ["\n2026-01-01 launch: eve", "\r\nrefused:", "\x1b[2K", "\u2028x", "\u202ex", "%0ax"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nobody_writes_lines_into_the_log(text: str, world: World, caplog: pytest.LogCaptureFixture) -> None:
    client = world.app.test_client()
    browser = world.browser()
    asked = browser.asked()
    client.get(f"/jwt/{quote(text)}")
    client.get("/jwt/login", query_string={"iss": text, "login_hint": text})
    client.post(f"{TOOL}/launch", data={"state": text, "id_token": text})
    browser.post({"state": asked["state"], "error": text})
    client.get("/jwt/", headers={"Cookie": quote(text)})
    lines = [one.getMessage() for one in caplog.records if one.name == "grader.lti"]
    assert len(lines) == 4
    for line in lines:
        assert line.isascii()
        assert line.isprintable()


TEXTS = st.text(max_size=30) | st.sampled_from(
    ["", "A" * 32, "a.b.c", "\0", "\u202e", "../x", "%00", "eyJhbGciOiJub25lIn0.e30."]
)


@given(st.dictionaries(st.sampled_from(["state", "id_token", "error", "iss", "login_hint", "x"]), TEXTS), TEXTS)
def test_whatever_comes_is_refused_in_a_sentence(folder: Tool, form: dict[str, str], more: str) -> None:
    client = World(folder).app.test_client()
    client.set_cookie(
        f"__Host-lti-login-{more[:8]}" if more.isalnum() and more.isascii() else "x", "a.b.c", domain="tool.example"
    )
    for answer in (
        client.post(f"{TOOL}/launch", data={**form, "more": more}),
        client.get(f"{TOOL}/login", query_string={**form, "iss": ISSUER, "client_id": more + "!"}),
        client.get(f"{TOOL}/visit/{quote(more, safe='') or 'x'}"),
    ):
        assert 400 <= answer.status_code < 500
        assert answer.text.count("<p>") == 2
