"""Lesson 10: a MODEL of a browser, not a browser: a few rules, for machines without Chromium.

It sends real HTTP requests, and follows the rules that lesson 10 is about: which cookies are kept, which are sent with
a request, and the values of the headers Origin, Referer and Sec-Fetch-Site. It can't run JavaScript; for the lesson's
own scripts it has equivalents in Python (see `page_scripts`). `tests/browser` compares it with a real Chromium.

It leaves out what the lesson does not need: frames, images, redirects, preflights, cookies of other sites'
subresources, paths and lifetimes of cookies beyond the simplest, and all browsers other than Chromium.
"""

import http.client
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

from .page_scripts import TWINS, Fetch

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
LARGEST_COOKIE = 4096
"""Bytes of name and value together."""

LAX_POST_SECONDS = 120
"""How long Chromium sends a cookie without SameSite even with another site's top-level POST ("Lax+POST")."""


@dataclass(frozen=True)
class Cookie:
    """One cookie in the jar. `same_site` is "strict", "lax", "none", or "" without a valid attribute."""

    name: str
    value: str
    path: str
    secure: bool
    http_only: bool
    same_site: str
    made: float


class Model:
    """The model, used like `browsers.Chromium`."""

    name = "a rule model of a browser (no Chromium here)"

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.fresh()

    def fresh(self) -> None:
        """Delete all cookies and everything in any storage."""
        self.jar: dict[tuple[str, str], Cookie] = {}
        self.storage: dict[str, dict[str, str]] = {}
        self.history: list[Window] = []

    def open(self, url: str) -> None:
        """Type an address, and wait until the page, or the one that it leads to, is loaded."""
        self.navigate(url, "GET", "", None)

    def press(self, button: str) -> None:
        """Press a button of the page."""
        window = self.window
        window.buttons[button]()
        self.window.settle()

    def leave_for(self, url: str) -> None:
        """Follow a link in the page to another address."""
        self.navigate(url, "GET", "", self.window)

    def back(self) -> None:
        """Press the browser's Back button."""
        self.history.pop()

    def read(self, element: str) -> str:
        """The text of an element of the page."""
        return self.window.texts.get(element, "").strip()

    def script_sees(self) -> str:
        """The value of document.cookie in this page."""
        return self.window.cookie

    @property
    def url(self) -> str:
        """The address of the page."""
        return self.window.url

    @property
    def kept(self) -> list[str]:
        """The names of the cookies in the jar."""
        return sorted(name for _, name in self.jar)

    def close(self) -> None:
        """Do nothing; `Chromium` has something to close."""

    def __enter__(self) -> "Model":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def window(self) -> "Window":
        """The page that is open."""
        return self.history[-1]

    # -- requests -----------------------------------------------------------------------------------------------------

    def navigate(self, url: str, method: str, body: str, source: "Window | None") -> None:
        """Load a page at the top level, started by the page `source`, or by the user if that is None."""
        url = url if urllib.parse.urlsplit(url).path else url + "/"
        headers = {**self.fetch_metadata(url, method, source, "navigate"), **_content_type(body)}
        text, answer = self.ask(url, method, headers, body, self.cookies_for(url, method, source))
        window = Window(self, url, text, answer.get("Referrer-Policy") or "strict-origin-when-cross-origin")
        self.history.append(window)
        window.run()

    def ask(self, url: str, method: str, headers: dict[str, str], body: str, cookies: str) -> tuple[str, "Headers"]:
        """Send a real HTTP request with these cookies; the response's cookies go into the jar."""
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "http" or not _loopback(parts.hostname or ""):
            raise ValueError(f"the model asks only servers on this machine, not {url!r}")
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            sent = {"Host": parts.netloc, **headers, **({"Cookie": cookies} if cookies else {})}
            connection.request(method, target, body or None, sent)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.keep(line, url)
        return text, answer.headers

    def fetch_metadata(self, url: str, method: str, source: "Window | None", mode: str) -> dict[str, str]:
        """The headers by which the browser tells where a request comes from."""
        if source is None:
            return {"Sec-Fetch-Site": "none"}
        own, other = source.origin, origin_of(url)
        site = "same-origin" if own == other else "same-site" if site_of(own) == site_of(other) else "cross-site"
        headers = {"Sec-Fetch-Site": site}
        if method not in ("GET", "HEAD") or (mode == "cors" and site != "same-origin"):
            hidden = source.policy == "no-referrer" and mode != "cors"
            headers["Origin"] = "null" if hidden else own
        match source.policy:
            case "no-referrer":
                pass
            case "unsafe-url":
                headers["Referer"] = source.url
            case _:  # strict-origin-when-cross-origin, the default (without its rule about https to http)
                headers["Referer"] = source.url if site == "same-origin" else own + "/"
        return headers

    # -- cookies ------------------------------------------------------------------------------------------------------

    def keep(self, line: str, url: str) -> None:
        """Put a Set-Cookie header's cookie into the jar, unless a rule says that it must be ignored."""
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname or ""
        pair, *rest = line.split(";")
        name, _, value = (part.strip() for part in pair.partition("="))
        said = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in rest)}
        path = said.get("path", "") if said.get("path", "").startswith("/") else parts.path.rpartition("/")[0] or "/"
        same_site = said.get("samesite", "").lower()
        cookie = Cookie(
            name,
            value,
            path,
            "secure" in said,
            "httponly" in said,
            same_site if same_site in ("strict", "lax", "none") else "",
            self._clock(),
        )
        if (
            len((name + value).encode()) > LARGEST_COOKIE
            or said.get("domain", host).lstrip(".") != host  # a cookie for another host
            or (cookie.secure and not _trustworthy(url))
            or (cookie.same_site == "none" and not cookie.secure)
            or (name.lower().startswith(("__host-", "__secure-")) and not cookie.secure)
            or (name.lower().startswith("__host-") and said.get("path") != "/")
        ):
            return
        if said.get("max-age", "1").lstrip("-").isdigit() and int(said.get("max-age", "1")) <= 0:
            self.jar.pop((host, name), None)
        else:
            self.jar[host, name] = cookie

    def cookies_for(self, url: str, method: str, source: "Window | None", *, script: bool = False) -> str:
        """The Cookie header's value for a top-level request; for a script, what document.cookie gives."""
        parts = urllib.parse.urlsplit(url)
        cross = source is not None and site_of(source.origin) != site_of(origin_of(url))
        found = [
            cookie
            for (host, _), cookie in self.jar.items()
            if host == parts.hostname  # the port does not matter (RFC 10025 §8.5)
            and (parts.path or "/").startswith(cookie.path)
            and (not cookie.secure or _trustworthy(url))
            and not (script and cookie.http_only)
            and (not cross or self._crosses(cookie, method))
        ]
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in found)

    def _crosses(self, cookie: Cookie, method: str) -> bool:
        """Whether SameSite lets a cookie be sent when another site navigates here."""
        match cookie.same_site:
            case "strict":
                return False
            case "lax":
                return method in SAFE
            case "none":
                return True
            case _:  # without SameSite: Lax, except in the first two minutes
                return method in SAFE or self._clock() - cookie.made < LAX_POST_SECONDS


Headers = http.client.HTTPMessage


class Window:
    """A page in the model: the few things that the lesson's scripts use.

    Attributes:
        texts: the text of each element that has an id.
        values: the value of each input field, by its id.
        buttons: what happens when a button is pressed.
        script_data: the data- attributes of the script that runs.
        once_logged_in: functions that scripts have set to run after a login.
        fetch: the window's fetch, which scripts may replace.
    """

    def __init__(self, browser: Model, url: str, text: str, policy: str) -> None:
        self.browser, self.url, self.policy = browser, url, policy
        self.origin = origin_of(url)
        self.page = _Page(text)
        self.texts, self.values = dict(self.page.texts), dict(self.page.values)
        self.buttons: dict[str, Callable[[], None]] = {}
        self.script_data: dict[str, str] = {}
        self.once_logged_in: list[Callable[[], None]] = []
        self.fetch: Fetch = self._fetch

    def run(self) -> None:
        """Run the page's scripts, one after the other."""
        for attributes, text in self.page.scripts:
            twin = TWINS.get(text.strip())
            if twin is None:
                raise ValueError("the model can't run JavaScript; it knows the lesson's own scripts and no others")
            self.script_data = {name.removeprefix("data-"): value for name, value in attributes.items()}
            twin(self)
        self.settle()

    def settle(self) -> None:
        """Run the functions that scripts have set to run after a login."""
        while self.texts.get("user") and self.once_logged_in:
            self.once_logged_in.pop()()

    @property
    def search(self) -> str:
        """The query of the page's address, with its question mark."""
        query = urllib.parse.urlsplit(self.url).query
        return f"?{query}" if query else ""

    @property
    def cookie(self) -> str:
        """The value of document.cookie."""
        return self.browser.cookies_for(self.url, "GET", self, script=True)

    @property
    def local(self) -> dict[str, str]:
        """The origin's localStorage."""
        return self.browser.storage.setdefault(self.origin, {})

    def go(self, path: str) -> None:
        """Set location.href."""
        self.browser.navigate(urllib.parse.urljoin(self.url, path), "GET", "", self)

    def submit(self) -> None:
        """Submit the page's first form."""
        form, fields = self.page.forms[0]
        url = urllib.parse.urljoin(self.url, form.get("action", ""))
        self.browser.history.pop()  # a page that navigates by itself leaves no entry in the history
        self.browser.navigate(url, form.get("method", "get").upper(), urllib.parse.urlencode(fields), self)

    def follow(self) -> None:
        """Click the page's first link."""
        self.browser.history.pop()
        self.go(self.page.links[0])

    def _fetch(self, path: str, method: str, headers: dict[str, str], body: dict[str, str] | str) -> str:
        """The browser's own fetch: by default it sends cookies only to its own origin."""
        url = urllib.parse.urljoin(self.url, path)
        own = origin_of(url) == self.origin
        text = body if isinstance(body, str) else urllib.parse.urlencode(body)
        kind = {"Content-Type": "text/plain"} if isinstance(body, str) else _content_type(text)
        sent = {**self.browser.fetch_metadata(url, method, self, "cors" if own else "no-cors"), **kind, **headers}
        cookies = self.browser.cookies_for(url, method, self) if own else ""
        return self.browser.ask(url, method, sent, text, cookies)[0]

    @staticmethod
    def text_of(markup: str) -> str:
        """The text in a piece of HTML."""
        return "".join(_Page(markup).texts.values())


class _Page(HTMLParser):
    """The elements of a page that matter here."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.links: list[str] = []
        self.forms: list[tuple[dict[str, str], dict[str, str]]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._inside = "" if tag == "script" else said.get("id", "")
        if tag == "script":
            self.scripts.append((said, ""))
        elif tag == "a":
            self.links.append(said.get("href", ""))
        elif tag == "form":
            self.forms.append((said, {}))
        elif tag == "input" and "id" in said:
            self.values[said["id"]] = said.get("value", "")
        elif tag == "input" and self.forms:
            self.forms[-1][1][said.get("name", "")] = said.get("value", "")
        if self._inside and tag != "input":
            self.texts[self._inside] = ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
        elif self._inside in self.texts:
            self.texts[self._inside] += data


def origin_of(url: str) -> str:
    """Scheme, host and port (RFC 6454 §4)."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def site_of(origin: str) -> str:
    """Scheme and host. (A browser uses the registrable domain; for an IP address or localhost that is the same.)"""
    parts = urllib.parse.urlsplit(origin)
    return f"{parts.scheme}://{parts.hostname}"


def _loopback(host: str) -> bool:
    return host in ("127.0.0.1", "localhost")


def _trustworthy(url: str) -> bool:
    """Whether Secure cookies are kept and sent: over https, and on this machine (W3C Secure Contexts §3.1)."""
    parts = urllib.parse.urlsplit(url)
    return parts.scheme == "https" or _loopback(parts.hostname or "")


def _content_type(body: str) -> dict[str, str]:
    return {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
