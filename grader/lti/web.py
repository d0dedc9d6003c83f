"""What browsers and platforms see: login, launch, key set, and a learner's page. Nothing is graded here.

Pages stand in a frame of another site, so cookies are `SameSite=None; Secure; Partitioned`: they come along there, and
belong to that frame alone. What such cookies do not keep out, a look at where a request comes from does (lesson 10).
"""

import json
import logging
import time
import urllib.parse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import jinja2
from flask import Blueprint, Flask, Response, current_app, make_response, redirect, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from ..course.masters import NOTEBOOKS, chapter, chapter_names
from ..files import MAX_NOTEBOOK, write_whole
from ..inside.values import plain_text
from ..refusals import sentence
from . import login
from .addresses import origin_of
from .keysets import KeySets
from .launch import check
from .refusal import LtiProblem, Refused
from .store import Visit
from .tool import Tool
from .upload import check_notebook, too_large

_PAGES = jinja2.Environment(loader=jinja2.PackageLoader("grader.lti", "."), autoescape=True, trim_blocks=True)
_PAGES.filters["when"] = lambda at: time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at))
_STYLE = Path(__file__).with_name("page.css")
_FORM = 200_000
"""Bytes of a form that is no upload: a token has at most 65,536 characters."""
_HAND_IN = "lti.hand_in"
_VISIT = "__Host-lti-"
"""How the names of visits' cookies begin."""
_POLICY = "Content-Security-Policy"
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    _POLICY: "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'",
}
log = logging.getLogger("grader.lti")


def tool_app(tool: Tool, keysets: KeySets | None = None, clock: Callable[[], float] = time.time) -> Flask:
    """The tool as a Flask application; any WSGI server can run it.

    Args:
        tool: the tool's folder.
        keysets: the platforms' keys.
        clock: seconds since 1970.

    Raises:
        LtiProblem: the settings can't be read.
    """
    url = tool.settings().url
    pages = Blueprint("lti", __name__, url_prefix=urllib.parse.urlsplit(url).path or None)
    _add_doors(pages, tool, url, keysets or KeySets(), clock)
    _add_work(pages, tool, url, clock)
    app = Flask("grader.lti", static_folder=None)
    app.config["URL"] = url
    app.config["MAX_CONTENT_LENGTH"] = MAX_NOTEBOOK + _FORM
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM
    app.url_map.strict_slashes = app.url_map.merge_slashes = False  # no redirect but those that stand below
    app.register_blueprint(pages)
    app.before_request(_only_hand_ins_are_large)
    app.after_request(_with_headers)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _not_understood)
    app.register_error_handler(Exception, _broken)
    return app


def _add_doors(pages: Blueprint, tool: Tool, url: str, keysets: KeySets, clock: Callable[[], float]) -> None:
    """Where platforms send browsers, and where they ask for our keys."""

    @pages.route("/login", methods=["GET", "POST"])
    def begin() -> ResponseReturnValue:
        begun = login.begin(request.values, tool, clock())
        answer = redirect(begun.location)
        _set(answer, begun.cookie, begun.value, login.SECONDS)
        return answer

    @pages.post("/launch")
    def launch() -> ResponseReturnValue:
        ended = login.end(request.form, request.cookies, tool, clock())
        said = check(request.form.get("id_token", ""), ended, keysets, url, clock())
        found = tool.store.as_known(said)
        token = tool.store.begin_visit(found, clock())
        log.info("launch: %s for %s", found.student, found.lesson or "no lesson")
        answer = redirect(f"{url}/visit/{token[:8]}", 303)
        for over in (login.cookie_of(request.form["state"]), *_of_others(tool, found.student, clock())):
            _set(answer, over, "", 0)
        _set(answer, _cookie(token[:8]), token, None)  # until the browser is closed: others may use it next
        return answer

    @pages.get("/jwks.json")
    def keys() -> ResponseReturnValue:
        said = json.loads(tool.public_keys.read_bytes())
        known = [{**jwk, "use": "sig"} for jwk in said["keys"]]
        return Response(json.dumps({"keys": known}), mimetype="application/jwk-set+json")  # RFC 7517 §8.5.1

    @pages.get("/page.css")
    def style() -> ResponseReturnValue:
        return send_file(_STYLE)

    @pages.get("/")
    def home() -> ResponseReturnValue:
        return _page("said.html.j2", (), title="JWT from scratch", text="Open a lesson from your course.")


def _add_work(pages: Blueprint, tool: Tool, url: str, clock: Callable[[], float]) -> None:
    """A learner's page: the lesson, and the way to hand it in."""

    def visit_of(number: str) -> Visit:
        token = request.cookies.get(_cookie(number), "")
        found = tool.store.visit(token, clock()) if token.startswith(number) else None
        if found is None:
            raise Refused("session", "no launch, or one that is over", status=403)
        return found

    @pages.get("/visit/<number>")
    def lesson(number: str) -> ResponseReturnValue:
        visit = visit_of(number)
        opens = {words: to.replace("{lesson}", visit.lesson) for words, to in tool.settings().opens.items()}
        return _page(
            "work.html.j2",
            visit.frames,
            **{"visit": visit, "number": number, "opens": opens, "handed_in": tool.store.handed_in(visit)},
            **{"score": tool.store.score(visit, sent=True), "lessons": chapter_names(), "now": "now" in request.args},
            **{"title": chapter(visit.lesson).title if visit.lesson else "JWT from scratch"},
        )

    @pages.get("/visit/<number>/<lesson>.ipynb")
    def download(number: str, lesson: str) -> ResponseReturnValue:
        visit_of(number)
        if lesson not in chapter_names():
            raise Refused("lesson", "no such lesson", "There is no such lesson.", 404)
        return send_file(NOTEBOOKS / f"{lesson}.ipynb", as_attachment=True, mimetype="application/x-ipynb+json")

    @pages.post("/visit/<number>")
    def hand_in(number: str) -> ResponseReturnValue:
        visit = visit_of(number)
        if request.headers.get("Origin") != origin_of(url):
            raise Refused("origin", "the upload comes from another site", status=403)
        if not visit.lesson or not visit.is_learner:
            raise Refused("role", "no lesson, or not a learner", "Only learners of a lesson hand in here.", 403)
        file = request.files.get("notebook")
        data = file.read(MAX_NOTEBOOK + 1) if file else b""
        check_notebook(data, visit.lesson)
        write_whole(tool.hand_in(visit.student, visit.lesson), data)
        tool.store.hand_in(visit, clock())
        log.info("handed in: %s, %s, %d bytes", visit.student, visit.lesson, len(data))
        return redirect(f"{url}/visit/{number}?now", 303)


def _cookie(number: str) -> str:
    """The name of a visit's cookie: two lessons may be open in one browser."""
    return f"{_VISIT}{''.join(filter(str.isalnum, number))}"


def _of_others(tool: Tool, student: str, now: float) -> list[str]:
    """The cookies of visits of who was in this browser before: on a shared computer one could go back to them."""
    visits = {name: tool.store.visit(value, now) for name, value in request.cookies.items() if name.startswith(_VISIT)}
    return [name for name, visit in visits.items() if visit and visit.student != student]


def _set(answer: Any, name: str, value: str, seconds: int | None) -> None:
    """Set a cookie that comes along in a frame of another site, and is never read by a script."""
    answer.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="None", partitioned=True
    )


def _page(template: str, frames: Iterable[str], **values: Any) -> Response:
    answer = make_response(_PAGES.get_template(template).render(url=current_app.config["URL"], **values))
    ancestors = " ".join(("'self'", *frames))
    answer.headers[_POLICY] = f"{_HEADERS[_POLICY]}; frame-ancestors {ancestors}"
    return answer


def _with_headers(answer: Response) -> Response:
    policy = answer.headers.get(_POLICY, _HEADERS[_POLICY])
    answer.headers.update({**_HEADERS, _POLICY: policy})
    return answer


def _said(status: int, reason: str, advice: str) -> ResponseReturnValue:
    """One sentence, in a frame of any site: there is nothing on that page to press but a link."""
    when = time.strftime("%H:%M:%S", time.gmtime())
    back = request.path if request.endpoint == _HAND_IN and reason == "upload" else ""
    said = {"title": "JWT from scratch", "text": advice, "reason": f"{reason}, {when} UTC", "back": back}
    scheme = urllib.parse.urlsplit(current_app.config["URL"]).scheme  # in a policy, "http:" means https, too
    return _page("said.html.j2", (f"{scheme}:",), **said), status


def _only_hand_ins_are_large() -> None:
    if request.endpoint != _HAND_IN:
        request.max_content_length = _FORM


def _refused(error: Refused) -> ResponseReturnValue:
    log.warning("refused: %s", plain_text(str(error), 300))
    return _said(error.status, error.reason, error.advice)


def _not_understood(error: HTTPException) -> ResponseReturnValue:
    if error.code == 413 and request.endpoint == _HAND_IN:
        return _refused(too_large())
    log.warning("refused: %s %s", error.code, plain_text(request.path, 100))
    return _said(error.code or 400, str(error.code), "There is nothing here: open the lesson from your course.")


def _broken(error: Exception) -> ResponseReturnValue:
    """Something that should not happen: where it did goes to the log, what was in it does not, but for a full disk."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    what = str(error) if isinstance(error, LtiProblem) else sentence(error) or type(error).__name__
    log.error("failed: %s at %s", plain_text(what, 300), place)
    return _said(500, "error", "Something went wrong here, and nothing was lost: try again in a minute.")
