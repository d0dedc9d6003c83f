"""A login: begun by the platform, carried through by the browser, ended once and where it began.

OpenID Connect's login that a third party begins, with its answer as a form (1EdTech Security Framework 1.0 §5.1.1).
What a login must remember is in a cookie under our own seal, so that a stranger who begins a million of them fills
nothing here. That it ends only once is remembered (`store.py`).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from jwt_from_scratch import JWTError, decode, encode

from ..inside.values import plain_text
from .addresses import with_query
from .refusal import NOT_REGISTERED, Refused
from .registry import Platform
from .tool import Tool

SECONDS = 600
"""How long a login may take."""
_TYP = "lti-login+jwt"
_NAMES = ("iss", "client_id", "lti_deployment_id")
"""What a platform says of itself. A parameter without a value is as one that is not there (RFC 6749 §3.1)."""
_NO_COOKIE = (
    "This browser did not bring back the cookie of this login: open the lesson from your course once more, "
    "and if that does not help, in a window of its own."
)


@dataclass(frozen=True)
class Login:
    """A login that this browser has begun.

    Attributes:
        platform: who is to say who it is.
        nonce: what the platform's token must hold.
        began: when, in seconds since 1970.
    """

    platform: Platform
    nonce: str
    began: int


@dataclass(frozen=True)
class Begun:
    """What the browser gets: where to go, and a cookie."""

    location: str
    cookie: str
    value: str


def begin(asked: Mapping[str, str], tool: Tool, now: float) -> Begun:
    """Send a browser to its platform.

    Args:
        asked: the request's parameters (Security Framework §5.1.1.1).
        tool: this tool.
        now: seconds since 1970.

    Raises:
        Refused: no platform is meant that we know, or a parameter is missing.
        LtiProblem: the settings can't be read.
    """
    settings = tool.settings()
    fitting = [one for one in settings.platforms if _fits(one, asked)]
    if len(fitting) != 1:
        said = ", ".join(f"{name} {plain_text(asked.get(name, ''), 80) or '(none)'}" for name in _NAMES)
        what = "several registrations fit" if fitting else "no platform is registered"
        raise Refused("platform", f"{what} with {said}", NOT_REGISTERED, 400)
    platform = fitting[0]
    if not asked.get("login_hint") or not asked.get("target_link_uri"):
        raise Refused("login", "the login_hint or the target_link_uri is missing", status=400)
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    began = int(now)
    claims = {"state": state, "nonce": nonce, "iss": platform.issuer, "client_id": platform.client_id}
    query = {
        **{"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none"},
        **{"client_id": platform.client_id, "redirect_uri": f"{settings.url}/launch"},
        **{"login_hint": asked["login_hint"], "state": state, "nonce": nonce},
    }
    if "lti_message_hint" in asked:
        query["lti_message_hint"] = asked["lti_message_hint"]
    sealed = encode({**claims, "iat": began, "exp": began + SECONDS}, tool.cookie_key, typ=_TYP)
    return Begun(with_query(platform.login, query), cookie_of(state), sealed)


def _fits(platform: Platform, asked: Mapping[str, str]) -> bool:
    return (
        platform.issuer == asked.get("iss")
        and (asked.get("client_id") or platform.client_id) == platform.client_id
        and (asked.get("lti_deployment_id") or platform.deployments[0]) in platform.deployments
    )


def cookie_of(state: str) -> str:
    """The name of a login's cookie: several may be under way in one browser."""
    return f"__Host-lti-login-{''.join(filter(str.isalnum, state))[:8]}"


def end(form: Mapping[str, str], cookies: Mapping[str, str], tool: Tool, now: float) -> Login:
    """The login that a form ends: only in the browser where it began, and only once, whatever comes of it.

    Raises:
        Refused: it did not begin here, has ended before, took too long, or the platform says no.
        LtiProblem: the settings can't be read.
    """
    state = form.get("state", "")
    if not state:
        raise Refused("state", "the form has no state", status=400)
    sealed = cookies.get(cookie_of(state), "")
    if not sealed:
        raise Refused("cookie", "the browser has no cookie of this login", _NO_COOKIE, 403)
    try:
        kept = decode(sealed, tool.cookie_key, typ=_TYP, now=now, require=("exp", "iat", "iss"))
    except JWTError as error:
        raise Refused("cookie", f"the cookie of this login is not good: {error}", status=403) from None
    if not secrets.compare_digest(str(kept["state"]).encode(), state.encode("utf-8", "replace")):
        raise Refused("state", "the form's state is not the one of this browser's login", _NO_COOKIE, 403)
    if not tool.store.use(state, kept["exp"], now):
        raise Refused("replay", "this login has ended before", status=403)
    if "error" in form:
        raise Refused("platform", f"it says {form['error'][:80]!a}", "Your learning platform did not log you in.", 403)
    platform = tool.settings().platform((kept["iss"], kept["client_id"]))
    if platform is None:
        raise Refused("platform", "it is not registered any more", status=403)
    return Login(platform, kept["nonce"], kept["iat"])
