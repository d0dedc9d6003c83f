"""Lesson 11: a visitor with a browser, which keeps cookies, follows redirects, and names itself in each request."""

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from .http import TIMEOUT, Exchange

MOST_REDIRECTS = 8
_REDIRECTS = (301, 302, 303)
LOOPBACK = ("127.0.0.1", "localhost")


class Visitor:
    """Cookies and redirects, which a login needs of a browser. Servers use it to call each other, without redirects.

    Attributes:
        name: sent as User-Agent, so that a record can tell who sent a request.
        url: the address of the last answer.
    """

    def __init__(self, name: str) -> None:
        self.name, self.url = name, ""
        self._jar = http.cookiejar.CookieJar()
        # Without a proxy, even if the environment names one: all requests stay on this machine.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._jar), _Stay()
        )

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies, by name. As in any browser, they are sent to all ports of the host (RFC 10025 §8.5)."""
        return {cookie.name: cookie.value or "" for cookie in self._jar}

    def get(self, url: str, *, token: str = "", follow: bool = True) -> Exchange:
        """Open an address, with a bearer token if there is one.

        Raises:
            ValueError: the address is not on this machine.
            OSError: nobody answers there.
        """
        return self._go(url, None, token, follow)

    def post(self, url: str, form: dict[str, str], *, follow: bool = True) -> Exchange:
        """Send a form (application/x-www-form-urlencoded, as RFC 6749 wants it).

        Raises:
            ValueError: the address is not on this machine.
            OSError: nobody answers there.
        """
        return self._go(url, urllib.parse.urlencode(form).encode(), "", follow)

    def _go(self, url: str, body: bytes | None, token: str, follow: bool) -> Exchange:
        answer = self._ask(url, body, token)
        for _ in range(MOST_REDIRECTS if follow else 0):
            if answer.status not in _REDIRECTS:
                break
            answer = self._ask(urllib.parse.urljoin(self.url, answer.headers["Location"]), None, "")
        return answer

    def _ask(self, url: str, body: bytes | None, token: str) -> Exchange:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise ValueError(f"{url[:80]!r} is not on this machine")
        headers = {"User-Agent": self.name} | ({"Authorization": f"Bearer {token}"} if token else {})
        request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - the scheme is http
        self.url = url
        said = f"{request.get_method()} {request.selector}"
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return Exchange(answer.status, dict(answer.headers), answer.read().decode(), said)
        except urllib.error.HTTPError as answer:
            with answer:
                return Exchange(answer.code, dict(answer.headers), answer.read().decode(), said)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Never follow a redirect automatically: `get` and `post` follow each one as a request of its own."""
