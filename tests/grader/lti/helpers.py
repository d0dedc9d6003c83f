"""A simulated learning platform, the tool to which it sends learners, and a browser between them."""

import json
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask, jsonify, request
from werkzeug.test import Client, TestResponse

from grader.lti.addresses import Reply, Unreachable
from grader.lti.keysets import KeySets
from grader.lti.launch import CLAIM, ENDPOINT, SCORE
from grader.lti.registry import Platform
from grader.lti.scores import CONTENT_TYPE, Sender
from grader.lti.tool import Tool
from grader.lti.web import tool_app
from jwt_from_scratch import Key, KeySet, decode, encode
from jwt_from_scratch.encoding import json_dumps

TOOL = "https://tool.example/jwt"
ISSUER = "https://lms.example"
CLIENT = "client-1"
NOW = 1_900_000_000.0
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
SMALL = b'{"cells": [], "metadata": {"of": "b64u_encode"}}'
"""As little as is taken for a notebook of lesson 01."""
TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
PLATFORM = Platform(ISSUER, CLIENT, ("d1", "d2"), f"{ISSUER}/auth?site=7", f"{ISSUER}/token", f"{ISSUER}/keys")


@cache
def rsa(name: str) -> Key:
    """An RSA key; the same for the same name."""
    return Key.generate("RS256", kid=name)


def without(jwk: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in jwk.items() if name not in names}


def claims_of(nonce: str, now: float = NOW, **changes: Any) -> dict[str, Any]:
    """A good launch's claims."""
    return {
        **{"iss": ISSUER, "aud": CLIENT, "sub": "4711", "iat": int(now), "exp": int(now) + 300, "nonce": nonce},
        "name": "Ada Lovelace",
        CLAIM + "version": "1.3.0",
        CLAIM + "message_type": "LtiResourceLinkRequest",
        CLAIM + "deployment_id": "d1",
        CLAIM + "target_link_uri": f"{TOOL}/launch",
        CLAIM + "resource_link": {"id": "link-1", "title": "Lesson 01"},
        CLAIM + "roles": [LEARNER],
        CLAIM + "custom": {"lesson": "01_encoding"},
        CLAIM + "context": {"id": "course-1"},
        ENDPOINT: {"scope": [SCORE], "lineitem": f"{ISSUER}/items/5"},
        **changes,
    }


@dataclass
class World:
    """The tool, with a settable clock and the platforms' key sets.

    Attributes:
        jwks: by address, a platform's answer; if it is an exception, it is raised.
        asked: the number of requests for a key set.
    """

    tool: Tool
    jwks: dict[str, Any] = field(default_factory=dict)
    now: float = NOW
    ticks: float = 0.0
    asked: int = 0

    def __post_init__(self) -> None:
        self.jwks[PLATFORM.keys] = KeySet([rsa("k1")]).to_jwks()
        self.app = tool_app(self.tool, KeySets(self._get, lambda: self.ticks), lambda: self.now)

    def _get(self, address: str) -> Reply:
        self.asked += 1
        published = self.jwks.get(address, Unreachable("lms.example does not answer"))
        if isinstance(published, Exception):
            raise published
        return published if isinstance(published, Reply) else Reply(200, {}, json_dumps(published))

    def browser(self) -> "Browser":
        """A browser without any cookie."""
        return Browser(self, self.app.test_client())


@dataclass
class Browser:
    """A browser that keeps the tool's cookies, and the platform's side of a login."""

    world: World
    client: Client

    def begin(self, **changes: Any) -> TestResponse:
        """Begin a login; parameters that are None are left out."""
        asked = {"iss": ISSUER, "login_hint": "hint", "target_link_uri": f"{TOOL}/launch", **changes}
        return self.client.get(
            f"{TOOL}/login", query_string={name: value for name, value in asked.items() if value is not None}
        )

    def asked(self, **changes: Any) -> dict[str, str]:
        """The parameters of the tool's request to the platform, after a login has begun."""
        answer = self.begin(**changes)
        assert answer.status_code == 302, answer.text
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.location).query))

    def post(self, form: dict[str, str]) -> TestResponse:
        return self.client.post(f"{TOOL}/launch", data=form)

    def launch(self, key: Key | None = None, *, asks: dict[str, Any] | None = None, **changes: Any) -> str:
        """Complete a launch. Returns the path of the learner's page."""
        asked = self.asked(**(asks or {}))
        token = encode(claims_of(asked["nonce"], self.world.now, **changes), key or rsa("k1"))
        answer = self.post({"id_token": token, "state": asked["state"]})
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def hand_in(self, page: str, data: bytes, **headers: str) -> TestResponse:
        sent = {"Origin": "https://tool.example", **headers}
        return self.client.post(page, data={"notebook": (BytesIO(data), "01_encoding.ipynb")}, headers=sent)


def make_tool(root: Path, *platforms: Platform) -> Tool:
    """A tool that knows some platforms."""
    tool = Tool.init(root, TOOL, {"Open it in the Hub": "https://hub.example/{lesson}"})
    for platform in platforms or (PLATFORM,):
        tool.change(tool.settings().registered(platform))
    return tool


class Gradebook:
    """A platform's service for scores, as strict as a real one.

    Attributes:
        scores: by line item and learner, the accepted scores in order.
        does: replacements for the next answers, each used once: a Reply, an exception, or one of the words in `post`.
    """

    def __init__(self, tool: Tool, audience: str = PLATFORM.token) -> None:
        self.tool, self.audience = tool, audience
        self.scores: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.tokens: list[str] = []
        self.jtis: set[str] = set()
        self.does: list[Any] = []
        self.expires_in = 3600
        self.app = self._app()

    def all(self) -> list[dict[str, Any]]:
        return [one for those in self.scores.values() for one in those]

    def _app(self) -> Flask:
        app = Flask("platform")

        @app.post("/token")
        def token() -> Any:
            known = KeySet.from_jwks(json.loads(self.tool.public_keys.read_bytes()), "RS256")
            said = decode(
                request.form["client_assertion"],
                known,
                issuer=CLIENT,
                subject=CLIENT,
                audience=self.audience,
                require=("exp", "iat", "jti"),
            )
            assert said["jti"] not in self.jtis
            self.jtis.add(said["jti"])
            assert request.form["grant_type"] == "client_credentials"
            assert request.form["scope"] == SCORE
            self.tokens.append(f"access-{len(self.tokens)}")
            return jsonify(access_token=self.tokens[-1], token_type="Bearer", expires_in=self.expires_in)

        @app.post("/items/<item>/scores")
        def scores(item: str) -> Any:
            if request.headers["Authorization"] != f"Bearer {self.tokens[-1]}":
                return "", 401
            assert request.content_type == CONTENT_TYPE
            said = request.get_json()
            assert datetime.fromisoformat(said["timestamp"]).tzinfo is not None
            assert {"activityProgress", "gradingProgress", "userId", "scoreGiven", "scoreMaximum"} <= set(said)
            before = self.scores.setdefault((f"{item}?{request.query_string.decode()}", said["userId"]), [])
            if before and before[-1]["timestamp"] >= said["timestamp"]:
                return "", 409
            before.append(said)
            return "", 200

        return app

    def post(self, address: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        """Like `ask`, but without a network."""
        if "/scores" in address and self.does:
            match self.does.pop(0):
                case Reply() as answer:
                    return answer
                case Exception() as error:
                    raise error
                case "stopped after":
                    self._really(address, body, headers)
                    raise KeyboardInterrupt
                case "stopped before":
                    raise KeyboardInterrupt
                case "taken, and a broken answer":
                    self._really(address, body, headers)
                    return Reply(502, {}, b"")
                case "lost on the way back":
                    self._really(address, body, headers)
                    raise Unreachable("lms.example broke off its answer")
        return self._really(address, body, headers)

    def _really(self, address: str, body: bytes | None, headers: dict[str, str] | None) -> Reply:
        answer = self.app.test_client().post(address, data=body, headers=headers)
        return Reply(answer.status_code, {}, answer.data)

    def sender(self, pause: Callable[[float], None] = lambda seconds: None) -> Sender:
        return Sender(self.tool.key(), self.post, pause)
