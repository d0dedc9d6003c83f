"""A launch is a signed JWT: what 1EdTech demands of a tool before it believes one, check by check.

Security Framework 1.0 §5.1.2 and §5.1.3, LTI Core 1.3 §5.3 and §5.4, Assignment and Grade Services 2.0 §3.1.
"""

import hashlib
import json
import re
import secrets
import urllib.parse
from collections.abc import Iterator
from typing import Any

from jwt_from_scratch import ClaimError, JWTError, KeyRefused, SignatureError, decode

from ..course.masters import chapter_names
from ..inside.values import plain_text
from ..student import StudentId
from .addresses import Unreachable, origin_of, problem_with
from .keysets import KeySets
from .login import Login
from .refusal import NOT_REGISTERED, Refused
from .registry import Platform
from .store import Visit

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
ENDPOINT = f"{AGS}claim/endpoint"
SCORE = f"{AGS}scope/score"
LEEWAY = 60
"""Seconds that a platform's clock may differ from ours."""
_MAX_ID = 255
"""Characters of sub, deployment_id and the id of a link: ASCII, so many at most."""
_MAX_NAME = 100
"""Characters of a name that are shown."""
_JOINERS = "\u200c\u200d"
"""They do not print, and names of many languages are misspelt without them."""
_REQUIRED = ("sub", "exp", "iat", "nonce")
"""Besides iss and aud, which are compared."""
_ROLE = re.compile(r"(?:http://purl\.imsglobal\.org/vocab/lis/v2/membership(?:/\w+)?#)?(\w+)")
_AGAIN = "Your learning platform can't be asked for its keys right now: try again in a minute."
_ADVICE = {
    "sub": "Your learning platform does not say who you are: log in there, and open the lesson once more.",
    "deployment_id": NOT_REGISTERED,
    "message_type": "There is nothing to choose here. For teachers: make the link by hand, for one lesson (lesson=01).",
}
"""By the reason, what to do where it does not help to open the lesson once more."""


def check(token: str, login: Login, keysets: KeySets, url: str, now: float) -> Visit:
    """Verify a launch.

    Args:
        token: the form's id_token.
        login: the login that it ends.
        keysets: the platforms' keys.
        url: our own address.
        now: seconds since 1970.

    Raises:
        Refused: the one check that it does not pass.
    """
    claims = _verified(token, login.platform, keysets, now)
    for name, problem in _problems(claims, login, url):
        raise Refused(name, problem, _ADVICE.get(name, ""))
    return _launch(claims, login.platform)


def _verified(token: str, platform: Platform, keysets: KeySets, now: float) -> dict[str, Any]:
    """The claims, once signature, issuer, audience and times are right: all that is said of any JWT (RFC 7519)."""

    def decoded(*, anew: bool) -> dict[str, Any]:
        keys = keysets.of(platform.keys, anew=anew)
        return decode(
            token,
            keys,
            issuer=platform.issuer,
            audience=platform.client_id,
            require=_REQUIRED,
            leeway=LEEWAY,
            now=now,
        )

    try:
        try:
            return decoded(anew=False)
        except (KeyRefused, SignatureError):  # the platform may have new keys
            return decoded(anew=True)
    except Unreachable as error:
        raise Refused("keys", str(error), _AGAIN, 503) from None
    except ClaimError as error:
        raise Refused(error.claim, str(error).partition(": ")[2], _ADVICE.get(error.claim, "")) from None
    except KeyRefused as error:
        raise Refused("key", str(error)) from None
    except SignatureError as error:
        raise Refused("signature", str(error)) from None
    except JWTError as error:
        raise Refused("token", str(error)) from None


def _problems(claims: dict[str, Any], login: Login, url: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a launch that its platform did sign: the claim's short name, and how.

    An optional claim that is null or empty is as one that is not there: some write [] for an object without members.
    """
    client = login.platform.client_id
    nonce, target = claims["nonce"], claims.get(f"{CLAIM}target_link_uri")
    if not isinstance(nonce, str) or not secrets.compare_digest(nonce.encode("utf-8", "replace"), login.nonce.encode()):
        yield "nonce", "it is not the one of this login"
    if claims["aud"] not in (client, [client]):
        yield "aud", "it names others besides us, whom we do not trust"
    if claims.get("azp", client) != client:
        yield "azp", "the token was issued to somebody else"
    if claims["iat"] < login.began - LEEWAY:
        yield "iat", "the token is older than this login"
    if not _is_id(claims["sub"]):
        yield "sub", f"it is not 1 to {_MAX_ID} ASCII characters"
    if claims.get(f"{CLAIM}version") != "1.3.0":
        yield "version", 'it is not "1.3.0"'
    if claims.get(f"{CLAIM}message_type") != "LtiResourceLinkRequest":
        yield "message_type", "it is not LtiResourceLinkRequest, the only message that is served"
    if not _is_id(deployment := claims.get(f"{CLAIM}deployment_id")) or deployment not in login.platform.deployments:
        said = plain_text(str(deployment), 80)
        yield (
            "deployment_id",
            f"{said} is not registered for this platform; `grader lti register` adds it",
        )
    if not isinstance(target, str) or not (target == url or target.startswith((f"{url}/", f"{url}?"))):
        yield "target_link_uri", "it does not lead here"
    link = claims.get(f"{CLAIM}resource_link")
    if not isinstance(link, dict) or not _is_id(link.get("id")):
        yield "resource_link", f"its id is not 1 to {_MAX_ID} ASCII characters"
    roles = claims.get(f"{CLAIM}roles")
    if not isinstance(roles, list) or not all(isinstance(one, str) for one in roles):
        yield "roles", "it is not an array of strings"
    for name in ("custom", "launch_presentation"):
        if not isinstance(claims.get(CLAIM + name) or {}, dict):
            yield name, "it is not an object"
    if not isinstance(claims.get("name") or "", str):
        yield "name", "it is not a string"
    if problem := _endpoint_problem(claims.get(ENDPOINT) or {}, login.platform):
        yield "endpoint", problem


def _endpoint_problem(endpoint: Any, platform: Platform) -> str:
    scopes = endpoint.get("scope") or [] if isinstance(endpoint, dict) else None
    if not isinstance(scopes, list) or not all(isinstance(one, str) for one in scopes):
        return "it is not an object with an array of scopes"
    lineitem = endpoint.get("lineitem") or ""
    if not isinstance(lineitem, str):
        return "its lineitem is not a string"
    if lineitem.startswith("http:") and not platform.token.startswith("http:"):
        return "its lineitem: it does not begin with https://"  # what is on this machine is no business of a platform's
    return f"its lineitem: {problem}" if lineitem and (problem := problem_with(lineitem)) else ""


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_ID and value.isascii()


def _launch(claims: dict[str, Any], platform: Platform) -> Visit:
    endpoint = claims.get(ENDPOINT) or {}
    back = (claims.get(f"{CLAIM}launch_presentation") or {}).get("return_url", "")
    pages = (platform.issuer, platform.login, back if isinstance(back, str) else "", *platform.frames)
    return Visit(
        issuer=platform.issuer,
        client_id=platform.client_id,
        sub=claims["sub"],
        student=student_of(platform.name, claims["sub"]),
        name=_shown(claims.get("name") or ""),
        is_learner=any((role := _ROLE.fullmatch(one)) and role[1] == "Learner" for one in claims[f"{CLAIM}roles"]),
        lesson=lesson_of((claims.get(f"{CLAIM}custom") or {}).get("lesson"), claims[f"{CLAIM}target_link_uri"]),
        lineitem=endpoint.get("lineitem") or "" if SCORE in (endpoint.get("scope") or []) else "",
        frames=tuple(dict.fromkeys(filter(None, map(origin_of, pages)))),
    )


def _shown(name: str) -> str:
    """A person's name as a line, in its own letters."""
    return "".join(c for c in " ".join(name.split())[:_MAX_NAME] if c.isprintable() or c in _JOINERS)


def student_of(platform: tuple[str, str], sub: str) -> StudentId:
    """What a platform's learner is called here: readable, and the same for nobody else of any platform.

    Only letters and digits of the platform's own name are in it, so it looks like no other form of a file's name.

    Args:
        platform: `Platform.name`. With its issuer alone, a school could hand in for the learners of another one.
        sub: the learner, as the platform calls them.
    """
    mark = hashlib.sha256(json.dumps([*platform, sub]).encode()).hexdigest()[:16]
    readable = re.sub(r"[^A-Za-z0-9]", "", sub)[:40]
    return StudentId.parse(f"{readable}.u{mark}" if readable else f"u{mark}")


def lesson_of(custom: Any, target: str) -> str:
    """The lesson that a link names: in its custom parameter `lesson`, else in its address; by its name or number."""
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(target).query).get("lesson", [""])[0]
    text = custom if isinstance(custom, str) and custom else asked
    return next((name for name in chapter_names() if text in (name, name[:2])), "")
