"""Scores for a platform: an access token for a signed assertion, then one POST a score.

RFC 7523 and Security Framework 1.0 §4.1; Assignment and Grade Services 2.0 §3.4.
"""

import json
import secrets
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from jwt_from_scratch import Key, encode
from jwt_from_scratch.encoding import json_loads_strict

from .addresses import Reply, Unreachable, ask, origin_of
from .launch import SCORE
from .registry import Platform
from .store import Score

CONTENT_TYPE = "application/vnd.ims.lis.v1.score+json"
TRIES = 4
"""How often a platform is asked that does not answer, or is busy."""
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SECONDS = 300
_LONGEST_PAUSE = 30.0


class NotSent(Exception):
    """A score that the platform did not take. The text is one line.

    Attributes:
        is_sure: whether it certainly does not have it; else nobody knows.
        is_late: whether it says that it has one that is as late, or later.
    """

    def __init__(self, text: str, *, is_sure: bool, is_late: bool = False) -> None:
        super().__init__(text)
        self.is_sure, self.is_late = is_sure, is_late


@dataclass
class Sender:
    """Sends scores, with one access token for each platform while it is good.

    A server that stays away or busy is asked no more by the same sender: its other scores would wait for it in turn,
    and those of other platforms behind them.

    Attributes:
        key: what we sign with.
        post: asks an address.
        pause: waits for some seconds.
    """

    key: Key
    post: Callable[..., Reply] = ask
    pause: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._tokens: dict[tuple[str, str], tuple[str, float]] = {}
        self._away: dict[str, str] = {}

    def send(self, platform: Platform, lineitem: str, sub: str, score: Score) -> None:
        """Tell a platform what a learner has got.

        Raises:
            NotSent: it did not take it.
        """
        body = {
            **{"userId": sub, "scoreGiven": score.score, "scoreMaximum": score.maximum, "comment": score.comment},
            **{"timestamp": score.timestamp, "activityProgress": "Completed", "gradingProgress": "FullyGraded"},
        }
        headers = {"Content-Type": CONTENT_TYPE, "Accept": "application/json"}
        for is_first in (True, False):
            bearer = {"Authorization": f"Bearer {self._token(platform)}"}
            answer, may_have_it = self._patiently(
                scores_of(lineitem), lambda: json.dumps(body).encode(), headers | bearer
            )
            if may_have_it and _is_late(answer):
                return  # the answer to an earlier try was lost on its way
            if answer.status != 401 or not is_first:  # else the token was good for less long than it said
                break
            del self._tokens[platform.name]
        if not answer.is_good:
            what = f"the platform answers {answer.status} to a score{_said(answer)}"
            raise NotSent(what, is_sure=True, is_late=_is_late(answer))

    def _token(self, platform: Platform) -> str:
        token, until = self._tokens.get(platform.name, ("", 0.0))
        if time.time() < until - 30:
            return token
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        try:
            answer, _ = self._patiently(platform.token, lambda: self._asks_for_token(platform), headers)
        except NotSent as error:
            raise NotSent(str(error), is_sure=True) from None
        if not answer.is_good:
            what = f"the platform answers {answer.status} to our request for a token{_said(answer)}"
            raise NotSent(what, is_sure=True)
        try:
            said = json_loads_strict(answer.body)
            token, seconds = said["access_token"], float(said.get("expires_in") or 60)
        except (KeyError, TypeError, ValueError, OverflowError):  # a JWTError is a ValueError
            raise NotSent("the platform's answer to our request for a token holds none", is_sure=True) from None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise NotSent("the platform's access token is none", is_sure=True)
        self._tokens[platform.name] = token, time.time() + seconds
        return token

    def _asks_for_token(self, platform: Platform) -> bytes:
        """A request for an access token, with an assertion that is good for one question."""
        now = int(time.time())
        claims = {
            **{"iss": platform.client_id, "sub": platform.client_id, "aud": platform.audience or platform.token},
            **{"iat": now, "exp": now + _SECONDS, "jti": secrets.token_urlsafe(24)},
        }
        form = {
            **{"grant_type": "client_credentials", "scope": SCORE, "client_assertion_type": _ASSERTION},
            "client_assertion": encode(claims, self.key),
        }
        return urllib.parse.urlencode(form).encode()

    def _patiently(self, address: str, body: Callable[[], bytes], headers: dict[str, str]) -> tuple[Reply, bool]:
        """POST, and again after a while where the other side is away or busy.

        A score may be repeated as it stands: its timestamp tells the platform that it has it already.

        Returns:
            The answer, and whether an earlier try may have arrived.

        Raises:
            NotSent: it stayed away or busy.
        """
        server = origin_of(address)
        if server in self._away:
            raise NotSent(self._away[server], is_sure=True)
        problem, is_away, may_have_it = "", False, False
        for number in range(TRIES):
            try:
                answer = self.post(address, body(), headers)
            except Unreachable as error:
                problem, wait, is_away, may_have_it = str(error), 0.0, True, True
            else:
                if answer.status != 429 and answer.status < 500:
                    return answer, may_have_it
                problem, wait = f"the platform answers {answer.status}", _seconds(answer)
                is_away = answer.status in (429, 502, 503, 504)  # the others may be about this score alone
                may_have_it |= answer.status not in (429, 503)
            if number < TRIES - 1:
                self.pause(min(max(2.0**number, wait), _LONGEST_PAUSE))
        if is_away:
            self._away[server] = problem
        raise NotSent(problem, is_sure=not may_have_it)


def scores_of(lineitem: str) -> str:
    """Where a line item's scores go: its path and `/scores`, before a query (AGS §3.4.1)."""
    parts = urllib.parse.urlsplit(lineitem)
    return parts._replace(path=f"{parts.path.rstrip('/')}/scores").geturl()


def _is_late(answer: Reply) -> bool:
    """The specification leaves it open (AGS §3.4.9): platforms say 409, or 400 and name the timestamp."""
    return answer.status == 409 or (answer.status == 400 and b"timestamp" in answer.body.lower())


def _said(answer: Reply) -> str:
    """What a platform says of its refusal, unless it is a page: a line for an administrator."""
    words = " ".join(answer.body[:300].decode("utf-8", "replace").split())
    return f": {words}" if words and not words.startswith("<") else ""


def _seconds(answer: Reply) -> float:
    after = answer.headers.get("retry-after", "")
    return float(after) if after.isascii() and after.isdigit() else 0.0
