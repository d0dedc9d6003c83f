"""Launches: the good ones of several platforms, and each bent one, refused for its own reason."""

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.names import origin
from grader.lti import keysets
from grader.lti.addresses import Reply, Unreachable
from grader.lti.keysets import PAUSE, STALE, KeySets
from grader.lti.launch import CLAIM, ENDPOINT, SCORE, student_of
from grader.student import StudentId
from jwt_from_scratch import Key, KeySet, encode, sign
from jwt_from_scratch.encoding import b64u_encode, json_dumps
from tests.grader.helpers import CHAPTERS
from tests.grader.lti.helpers import (
    CLIENT,
    ISSUER,
    LEARNER,
    NOW,
    PLATFORM,
    SMALL,
    TEACHER,
    TOOL,
    Browser,
    World,
    claims_of,
    make_tool,
    rsa,
    without,
)


@dataclass
class Sent:
    """What a browser brings back from its platform; a bend changes it."""

    browser: Browser
    state: str
    claims: dict[str, Any]
    key: Key = field(default_factory=lambda: rsa("k1"))
    header: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    form: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.browser.world

    def signed(self) -> str:
        return sign(json_dumps(self.claims), self.key, {"typ": "JWT", **self.header})

    def post(self) -> Any:
        token = self.signed() if self.token is None else self.token
        return self.browser.post({"id_token": token, "state": self.state, **self.form})


def sent(world: World) -> Sent:
    browser = world.browser()
    asked = browser.asked()
    return Sent(browser, asked["state"], claims_of(asked["nonce"], world.now))


Bend = Callable[[Sent], None]


def claim(name: str, value: Any) -> Bend:
    """Another value of a claim; `...` takes it away."""

    def bend(it: Sent) -> None:
        it.claims[name] = value
        if value is ...:
            del it.claims[name]

    return bend


def lti(name: str, value: Any) -> Bend:
    return claim(CLAIM + name, value)


def token(make: Callable[[Sent], str]) -> Bend:
    def bend(it: Sent) -> None:
        it.token = make(it)

    return bend


def by(key: Callable[[], Key], **header: Any) -> Bend:
    """Signed with another key, or with more in the header."""

    def bend(it: Sent) -> None:
        it.key, it.header = key(), header

    return bend


def in_turn(*bends: Bend) -> Bend:
    def bend(it: Sent) -> None:
        for one in bends:
            one(it)

    return bend


def raw_header(header: dict[str, Any], signature: str = "") -> Bend:
    """A header that no signer of ours writes."""
    return token(lambda it: f"{b64u_encode(json_dumps(header))}.{b64u_encode(json_dumps(it.claims))}.{signature}")


def confused(it: Sent) -> str:
    """HS256, with the text of the public key as the secret."""
    secret = Key.from_secret(rsa("k1").public().to_pem().encode(), "HS256", kid="k1")
    return sign(json_dumps(it.claims), secret)


def brings_key(it: Sent) -> str:
    """A stranger's signature, and the stranger's key in the header."""
    return sign(json_dumps(it.claims), rsa("stranger"), {"jwk": rsa("stranger").to_jwk()})


def twice(it: Sent) -> str:
    """A name that stands twice in the claims."""
    whole = json_dumps(it.claims)
    return sign(whole[:-1] + b',"sub":"admin"}', it.key)


def later(seconds: float) -> Bend:
    def bend(it: Sent) -> None:
        it.world.now += seconds
        it.claims |= {"iat": int(it.world.now), "exp": int(it.world.now) + 300}

    return bend


def replayed(it: Sent) -> None:
    """The very same form, from the very same browser, again; the cookie put back, as one who copied it would."""
    name = next(name for _, _, name in it.browser.client._cookies if "login" in name)
    cookie = it.browser.client.get_cookie(name, domain="tool.example")
    assert cookie is not None
    assert it.post().status_code == 303
    it.browser.client.set_cookie(name, cookie.value, domain="tool.example")


def other_browser(it: Sent) -> None:
    it.browser = it.world.browser()


def victims_browser(it: Sent) -> None:
    """A browser with a login of its own gets somebody else's form: a login that an attacker began."""
    it.browser = it.world.browser()
    it.browser.asked()


def cookie(key: Callable[[Sent], Key], typ: str = "lti-login+jwt", *, lacks: str = "") -> Bend:
    """A cookie for this state, under some seal."""

    def bend(it: Sent) -> None:
        claims = {"state": it.state, "nonce": it.claims["nonce"], "iss": ISSUER, "client_id": CLIENT}
        claims |= {"iat": int(NOW), "exp": int(NOW) + 600}
        _set_cookie(it, encode(without(claims, lacks), key(it), typ=typ))

    return bend


def ours(it: Sent) -> Key:
    return it.world.tool.cookie_key


def swapped_cookie(it: Sent) -> None:
    """Another login's cookie of this browser, under this login's name."""
    other = it.browser.asked()["state"]
    name = f"__Host-lti-login-{''.join(filter(str.isalnum, other))[:8]}"
    cookie = it.browser.client.get_cookie(name, domain="tool.example")
    assert cookie is not None
    _set_cookie(it, cookie.value)


def _set_cookie(it: Sent, value: str) -> None:
    name = f"__Host-lti-login-{''.join(filter(str.isalnum, it.state))[:8]}"
    it.browser.client.set_cookie(name, value, domain="tool.example")


def published(what: Any) -> Bend:
    """What stands at the address of the key set."""

    def bend(it: Sent) -> None:
        it.world.jwks[PLATFORM.keys] = what

    return bend


def unregistered(it: Sent) -> None:
    tool = it.world.tool
    tool.change(replace(tool.settings(), platforms=()))


LONG = "x" * 256
BENT: dict[str, tuple[str, str, Bend]] = {
    # -- the signature (Security Framework §5.1.3, 1 and 6)
    "signed by a stranger under the platform's kid": (
        "signature",
        "does not fit",
        by(lambda: Key.from_jwk({**rsa("stranger").to_jwk(private=True), "kid": "k1"})),
    ),
    "signed by a stranger under a kid of his own": ("key", "kid 'stranger'", by(lambda: rsa("stranger"))),
    "one claim changed after signing": (
        "signature",
        "does not fit",
        token(
            lambda it: ".".join(
                (
                    it.signed().split(".")[0],
                    b64u_encode(json_dumps({**it.claims, "sub": "1"})),
                    it.signed().split(".")[2],
                )
            )
        ),
    ),
    "no algorithm, no signature": ("key", "alg 'none'", raw_header({"alg": "none"})),
    "no algorithm in other letters": ("key", "alg 'nOnE'", raw_header({"alg": "nOnE", "kid": "k1"})),
    "an empty signature": ("signature", "does not fit", raw_header({"alg": "RS256", "kid": "k1"})),
    "the public key as an HMAC secret": ("key", "alg 'HS256'", token(confused)),
    "another algorithm than RS256": ("key", "alg 'ES256'", by(lambda: Key.generate("ES256", kid="k1"))),
    "RS256's key, used for RS512": ("key", "alg 'RS512'", raw_header({"alg": "RS512", "kid": "k1"}, "AAAA")),
    "a key that it brings along": ("key", "no key in the set", token(brings_key)),
    "a critical extension": ("token", "crit", raw_header({"alg": "RS256", "crit": ["x"], "x": 1})),
    "a kid that is a number": ("token", "kid must be a string", raw_header({"alg": "RS256", "kid": 7})),
    "no kid, and two keys could be meant": (
        "key",
        "more than one key",
        in_turn(
            published(KeySet([rsa("k1"), rsa("k2")]).to_jwks()),
            by(lambda: Key.from_jwk(without(rsa("k1").to_jwk(private=True), "kid"))),
        ),
    ),
    "a key that is for encryption": (
        "key",
        "use is 'enc'",
        published({"keys": [{**rsa("k1").to_jwk(), "use": "enc"}]}),
    ),
    # -- its form
    "no token": ("token", "three segments", token(lambda it: "")),
    "a text": ("token", "three segments", token(lambda it: "let me in")),
    "a token of a megabyte": ("token", "65536 characters", token(lambda it: "a" * 100_000)),
    "an encrypted token": ("token", "encrypted", token(lambda it: "a.b.c.d.e")),
    "padding": ("token", "base64url", token(lambda it: it.signed() + "=")),
    "a claim that stands twice": ("token", "twice", token(twice)),
    "claims that are an array": ("token", "not a JSON object", token(lambda it: sign(b"[]", it.key))),
    # -- who and for whom (2 to 5)
    "another issuer": ("iss", "not the one", claim("iss", "https://other.example")),
    "an issuer with a slash more": ("iss", "not the one", claim("iss", ISSUER + "/")),
    "no issuer": ("iss", "missing", claim("iss", ...)),
    "for another tool": ("aud", "someone else", claim("aud", "client-2")),
    "for several, without us": ("aud", "someone else", claim("aud", ["client-2", "client-3"])),
    "for us and for others": ("aud", "others besides us", in_turn(claim("aud", [CLIENT, "x"]), claim("azp", CLIENT))),
    "for nobody": ("aud", "missing", claim("aud", ...)),
    "for an empty list": ("aud", "non-empty", claim("aud", [])),
    "issued to somebody else": ("azp", "somebody else", claim("azp", "client-2")),
    "an azp that is null": ("azp", "somebody else", claim("azp", None)),
    # -- when (7, 8)
    "expired": ("exp", "expired", in_turn(claim("iat", int(NOW) - 50), claim("exp", int(NOW) - 61))),
    "no end": ("exp", "missing", claim("exp", ...)),
    "an end that is a text": ("exp", "number", claim("exp", str(int(NOW) + 300))),
    "not valid yet": ("nbf", "not valid yet", claim("nbf", int(NOW) + 120)),
    "issued in the future": ("iat", "future", claim("iat", int(NOW) + 120)),
    "issued before this login": ("iat", "older than this login", claim("iat", int(NOW) - 61)),
    "no time of issue": ("iat", "missing", claim("iat", ...)),
    # -- this login and no other (9)
    "another login's nonce": ("nonce", "not the one of this login", claim("nonce", "n-0S6_WzA2Mj")),
    "no nonce": ("nonce", "missing", claim("nonce", ...)),
    "a nonce that is a number": ("nonce", "not the one of this login", claim("nonce", 7)),
    "the same launch twice": ("replay", "ended before", replayed),
    "in another browser": ("cookie", "no cookie", other_browser),
    "in a browser that began another login": ("cookie", "no cookie", victims_browser),
    "a cookie under another seal": ("cookie", "signature", cookie(lambda it: Key.generate("HS256"))),
    "something else under our seal": ("cookie", "typ", cookie(ours, "JWT")),
    "a cookie without an end": ("cookie", "exp", cookie(ours, lacks="exp")),
    "a cookie without a beginning": ("cookie", "iat", cookie(ours, lacks="iat")),
    "a cookie that names no platform": ("cookie", "iss", cookie(ours, lacks="iss")),
    "the cookie of another login": ("state", "not the one of this browser", swapped_cookie),
    "no state": ("state", "no state", lambda it: it.form.update(state="")),
    "a state that nobody gave": ("cookie", "no cookie", lambda it: it.form.update(state="A" * 32)),
    "a login that took too long": ("cookie", "expired", later(600)),
    "a login that the platform refused": (
        "platform",
        "login_required",
        lambda it: it.form.update(error="login_required"),
    ),
    "a platform that is not registered any more": ("platform", "not registered any more", unregistered),
    # -- the message (LTI Core §5.3)
    "another version": ("version", "1.3.0", lti("version", "1.1")),
    "a version that is a number": ("version", "1.3.0", lti("version", 1.3)),
    "no version": ("version", "1.3.0", lti("version", ...)),
    "another message": ("message_type", "LtiResourceLinkRequest", lti("message_type", "LtiDeepLinkingRequest")),
    "no message type": ("message_type", "LtiResourceLinkRequest", lti("message_type", ...)),
    "another deployment": ("deployment_id", "d3 is not registered", lti("deployment_id", "d3")),
    "no deployment": ("deployment_id", "registered", lti("deployment_id", ...)),
    "a deployment that is a list": ("deployment_id", "registered", lti("deployment_id", ["d1"])),
    "meant for another tool's address": (
        "target_link_uri",
        "lead here",
        lti("target_link_uri", "https://tool.example.evil.example/jwt/launch"),
    ),
    "an address that only begins like ours": ("target_link_uri", "lead here", lti("target_link_uri", TOOL + "evil")),
    "no target": ("target_link_uri", "lead here", lti("target_link_uri", ...)),
    "no link": ("resource_link", "ASCII", lti("resource_link", ...)),
    "a link without id": ("resource_link", "ASCII", lti("resource_link", {"title": "x"})),
    "a link that is a text": ("resource_link", "ASCII", lti("resource_link", "link-1")),
    "a link with a long id": ("resource_link", "ASCII", lti("resource_link", {"id": LONG})),
    "nobody": ("sub", "missing", claim("sub", ...)),
    "a learner without a name": ("sub", "ASCII", claim("sub", "")),
    "a learner with a long name": ("sub", "ASCII", claim("sub", LONG)),
    "a learner that is not ASCII": ("sub", "ASCII", claim("sub", "ad\u0430")),
    "a learner that is a number": ("sub", "string", claim("sub", 4711)),
    "no roles": ("roles", "array", lti("roles", ...)),
    "roles that are a text": ("roles", "array", lti("roles", LEARNER)),
    "roles that are numbers": ("roles", "array", lti("roles", [1])),
    "custom parameters that are a list": ("custom", "object", lti("custom", ["lesson"])),
    "a presentation that is a text": ("launch_presentation", "object", lti("launch_presentation", "frame")),
    "a name that is an object": ("name", "string", claim("name", {"first": "Ada"})),
    # -- where the score goes (AGS §3.1)
    "an endpoint that is a text": ("endpoint", "object", claim(ENDPOINT, "x")),
    "scopes that are a text": ("endpoint", "scopes", claim(ENDPOINT, {"scope": SCORE})),
    "a line item that is a number": ("endpoint", "string", claim(ENDPOINT, {"scope": [SCORE], "lineitem": 5})),
    "a line item without https": (
        "endpoint",
        "https://",
        claim(ENDPOINT, {"scope": [SCORE], "lineitem": "http://lms.example/items/5"}),
    ),
    "a line item on this machine": (
        "endpoint",
        "https://",
        claim(ENDPOINT, {"scope": [SCORE], "lineitem": "http://127.0.0.1:6379/items/5"}),
    ),
    "a line item that is a file": (
        "endpoint",
        "https://",
        claim(ENDPOINT, {"scope": [SCORE], "lineitem": "file:///etc/passwd"}),
    ),
    "a line item with a user in it": (
        "endpoint",
        "user",
        claim(ENDPOINT, {"scope": [SCORE], "lineitem": "https://lms.example@evil.example/5"}),
    ),
    # -- the key set
    "a platform that is away": ("keys", "does not answer", published(Unreachable("lms.example does not answer"))),
    "a platform that is broken": ("keys", "status 500", published(Reply(500, {}, b""))),
    "a key set that leads elsewhere": (
        "keys",
        "status 302",
        published(Reply(302, {"location": "https://evil.example"}, b"")),
    ),
    "a key set that is a page": ("keys", "not JSON", published(Reply(200, {}, b"<html>"))),
    "a key set that is a list": ("keys", "array", published([])),
    "a key set without keys": ("key", "no key in the set", published({"keys": []})),
}
BENT_LOGINS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "an issuer that nobody registered": ("platform", "no platform", {"iss": "https://other.example"}),
    "no issuer": ("platform", "no platform", {"iss": None}),
    "another client": ("platform", f"no platform is registered with iss {ISSUER}", {"client_id": "client-2"}),
    "another deployment": ("platform", "client_id (none), lti_deployment_id d3", {"lti_deployment_id": "d3"}),
    "no login_hint": ("login", "login_hint", {"login_hint": None}),
    "no target": ("login", "target_link_uri", {"target_link_uri": None}),
}


STATUS = {"cookie": {403}, "replay": {403}, "platform": {403}, "state": {400, 403}, "keys": {503}}
"""By the reason, if it is not 401: who it is is not known."""


def test_there_are_enough_of_them() -> None:
    assert len(BENT) + len(BENT_LOGINS) >= 40


def said(caplog: pytest.LogCaptureFixture) -> str:
    (record,) = [one for one in caplog.records if one.name == "grader.lti" and one.levelno >= logging.WARNING]
    return record.getMessage()


@pytest.mark.parametrize("name", BENT)
def test_a_bent_launch_is_refused_for_its_own_reason(
    name: str, world: World, restored: None, caplog: pytest.LogCaptureFixture
) -> None:
    reason, text, bend = BENT[name]
    it = sent(world)
    bend(it)
    answer = it.post()
    assert answer.status_code in STATUS.get(reason, {401})
    assert not [one for one in answer.headers.getlist("Set-Cookie") if "__Host-lti-" in one]
    line = said(caplog)
    assert line.startswith(f"refused: {reason}: ")
    assert text in line
    for secret in (it.state, str(it.claims.get("nonce", it.state)), (it.token or it.signed())[-40:] or it.state):
        assert secret not in line
        assert secret not in answer.text or len(secret) < 8
    assert reason in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"sub": ...}, "does not say who you are"),
        ({CLAIM + "deployment_id": "d3"}, "is not registered here"),
        ({CLAIM + "message_type": "LtiDeepLinkingRequest"}, "make the link by hand"),
        ({"iss": ISSUER + "/"}, "open the lesson from there once more"),
    ],
    ids=str,
)
def test_what_to_do_is_said_where_trying_again_does_not_help(
    changes: dict[str, Any], advice: str, world: World
) -> None:
    it = sent(world)
    it.claims = {name: value for name, value in (it.claims | changes).items() if value is not ...}
    assert advice in it.post().text


@pytest.mark.parametrize("name", BENT_LOGINS)
def test_a_bent_login_is_refused_for_its_own_reason(name: str, world: World, caplog: pytest.LogCaptureFixture) -> None:
    reason, text, changes = BENT_LOGINS[name]
    answer = world.browser().begin(**changes)
    assert answer.status_code == 400
    assert said(caplog).startswith(f"refused: {reason}: ")
    assert text in said(caplog)
    assert "Set-Cookie" not in answer.headers


# -- good ones ---------------------------------------------------------------------------------------------------------


def test_a_good_launch_leads_to_the_learners_page(world: World) -> None:
    it = sent(world)
    answer = it.post()
    assert answer.status_code == 303
    page = it.browser.client.get(answer.location)
    assert "Ada Lovelace" in page.text
    assert "01_encoding.ipynb" in page.text
    assert world.asked == 1


def test_a_login_brings_both_hints_back_unchanged_and_asks_for_what_lti_says(world: World) -> None:
    asked = world.browser().asked(login_hint="a+b&c=1", lti_message_hint="\u00e6/{}", client_id=CLIENT)
    assert asked.pop("state") != asked.pop("nonce")
    assert asked == {
        **{"site": "7", "scope": "openid", "response_type": "id_token", "response_mode": "form_post"},
        **{"prompt": "none", "client_id": CLIENT, "redirect_uri": f"{TOOL}/launch"},
        **{"login_hint": "a+b&c=1", "lti_message_hint": "\u00e6/{}"},
    }


@pytest.mark.parametrize("name", ["client_id", "lti_deployment_id"])
def test_a_parameter_without_a_value_is_none(name: str, world: World) -> None:
    assert world.browser().asked(**{name: ""})["client_id"] == CLIENT


def test_a_login_may_be_begun_by_post(world: World) -> None:
    form = {"iss": ISSUER, "login_hint": "x", "target_link_uri": TOOL}
    assert world.app.test_client().post(f"{TOOL}/login", data=form).status_code == 302


SHAPES = {
    "keys without alg": {"keys": [without(rsa("k1").to_jwk(), "alg")]},
    "keys without alg, with use": {"keys": [{**without(rsa("k1").to_jwk(), "alg"), "use": "sig"}]},
    "one key without kid": {"keys": [without(rsa("k1").to_jwk(), "alg", "kid")]},
    "other kinds of keys beside it": {"keys": [{"kty": "AKP"}, Key.generate("ES256").to_jwk(), rsa("k1").to_jwk()]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_key_sets_of_many_shapes_are_read(shape: str, world: World) -> None:
    world.jwks[PLATFORM.keys] = SHAPES[shape]
    key = Key.from_jwk(without(rsa("k1").to_jwk(private=True), "kid")) if "without kid" in shape else rsa("k1")
    world.browser().launch(key)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": [CLIENT]},
        {"aud": [CLIENT], "azp": CLIENT},
        {CLAIM + "deployment_id": "d2"},
        {CLAIM + "roles": []},
        {CLAIM + "target_link_uri": TOOL},
        {CLAIM + "target_link_uri": f"{TOOL}/launch?lesson=01"},
        {"iat": int(NOW) + 59},
        {"iat": int(NOW) - 60},
        {"sub": "x" * 255},
        {"sub": "7"},
        {"exp": int(NOW) - 59},
        {"name": ""},
        {ENDPOINT: {}},
        {ENDPOINT: {"scope": []}},
        {ENDPOINT: {"scope": None, "lineitem": None}},
        {ENDPOINT: []},
        {ENDPOINT: None, "name": None, CLAIM + "custom": None, CLAIM + "launch_presentation": None},
        {CLAIM + "custom": [], CLAIM + "launch_presentation": []},
        {CLAIM + "launch_presentation": {"document_target": "iframe", "return_url": 7}},
        {"https://other.example/claim": [{"more": None}]},
    ],
    ids=str,
)
def test_what_platforms_may_say_is_taken(changes: dict[str, Any], world: World) -> None:
    world.browser().launch(**changes)


def test_one_issuer_may_stand_for_many_schools(tmp_path: Any) -> None:
    schools = [replace(PLATFORM, client_id=name, deployments=(f"of-{name}",), keys=f"{ISSUER}/{name}") for name in "ab"]
    world = World(make_tool(tmp_path / "tool", *schools))
    for school in schools:
        world.jwks[school.keys] = KeySet([rsa(school.client_id)]).to_jwks()
    deployment = {CLAIM + "deployment_id": "of-b"}
    world.browser().launch(rsa("b"), asks={"client_id": "b"}, aud="b", **deployment)
    world.browser().launch(rsa("b"), asks={"lti_deployment_id": "of-b"}, aud="b", **deployment)
    assert world.browser().begin().status_code == 400  # which of the two?
    asked = world.browser().asked(client_id="a")
    stolen = encode(claims_of(asked["nonce"], aud="a", **deployment), rsa("b"))
    assert world.browser().post({"id_token": stolen, "state": asked["state"]}).status_code == 403


# -- keys --------------------------------------------------------------------------------------------------------------


def test_new_keys_of_a_platform_are_asked_for_and_not_too_often(world: World) -> None:
    world.browser().launch()
    world.jwks[PLATFORM.keys] = KeySet([rsa("k2")]).to_jwks()
    assert world.asked == 1
    world.ticks += PAUSE + 1
    world.browser().launch(rsa("k2"))
    assert world.asked == 2
    for _ in range(3):
        it = sent(world)
        it.key = rsa("stranger")
        assert it.post().status_code == 401
    assert world.asked == 2


def test_a_new_key_may_have_the_name_of_the_old_one(world: World) -> None:
    world.browser().launch()
    new = Key.from_jwk({**rsa("k2").to_jwk(private=True), "kid": "k1"})
    world.jwks[PLATFORM.keys] = KeySet([new]).to_jwks()
    world.ticks += PAUSE + 1
    world.browser().launch(new)


def test_a_key_that_was_withdrawn_is_good_for_an_hour_at_most(world: World) -> None:
    world.browser().launch()
    world.jwks[PLATFORM.keys] = KeySet([rsa("k2")]).to_jwks()
    world.ticks += STALE + 1
    assert sent(world).post().status_code == 401


def test_a_platform_that_is_away_is_not_asked_by_each_who_comes(world: World) -> None:
    there, world.jwks[PLATFORM.keys] = world.jwks[PLATFORM.keys], Unreachable("lms.example does not answer")
    for _ in range(3):
        assert sent(world).post().status_code == 503
    assert world.asked == 1
    world.jwks[PLATFORM.keys] = there
    world.ticks += PAUSE + 1
    world.browser().launch()
    assert world.asked == 2


def test_a_platform_that_goes_away_has_its_keys_for_an_hour(world: World) -> None:
    world.browser().launch()
    world.jwks[PLATFORM.keys] = Unreachable("lms.example does not answer")
    world.ticks += STALE - 1
    world.browser().launch()
    world.ticks += 2
    assert sent(world).post().status_code == 503


def test_a_kid_that_nobody_knows_costs_nobody_the_keys_that_are_there(world: World) -> None:
    world.browser().launch()
    world.jwks[PLATFORM.keys] = Reply(429, {}, b"")
    world.ticks += PAUSE + 1
    for _ in range(2):
        it = sent(world)
        it.key = rsa("stranger")
        assert it.post().status_code == 503  # it may be a new key of the platform's
        world.browser().launch()
    assert world.asked == 2


def test_nobody_waits_long_for_a_key_set_that_another_one_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keysets, "WAIT", 0.05)
    ended, asked, now = threading.Event(), threading.Event(), [0.0]
    known = Reply(200, {}, json_dumps(KeySet([rsa("k1")]).to_jwks()))

    def get(address: str) -> Reply:
        if now[0]:
            asked.set()
            assert ended.wait(10)
        return known

    sets = KeySets(get, lambda: now[0])
    sets.of(PLATFORM.keys)
    now[0] = PAUSE + 1
    other = threading.Thread(target=sets.of, args=[PLATFORM.keys], kwargs={"anew": True})
    other.start()
    assert asked.wait(10)
    assert len(sets.of(PLATFORM.keys)) == 1
    with pytest.raises(Unreachable, match="does not come"):
        sets.of(PLATFORM.keys, anew=True)
    ended.set()
    other.join()
    assert len(sets.of(PLATFORM.keys, anew=True)) == 1


def test_a_wrong_claim_is_no_reason_to_ask_for_keys(world: World) -> None:
    world.browser().launch()
    world.ticks += PAUSE + 1
    it = sent(world)
    it.claims["aud"] = "other"
    it.post()
    assert world.asked == 1


# -- who it is --


@given(
    st.text(st.characters(codec="ascii"), min_size=1, max_size=255)
    | st.sampled_from([*CHAPTERS, "ada-copy1", "a (1)", "x_1_assignsubmission_file", "b_LATE_123_456_c"])
)
def test_a_learner_is_called_one_thing_whatever_the_platform_calls_them(sub: str) -> None:
    student = student_of(PLATFORM.name, sub)
    assert StudentId.parse(student) == student
    assert student.file_name == student or re.search("[A-Z]", student)
    found = origin(PurePosixPath(f"{student}/01_encoding.ipynb"))
    assert (found.who, found.unmarked, found.time) == (student, "", 0.0)


def test_two_learners_are_never_one() -> None:
    platforms = [(ISSUER, "c1"), (ISSUER, "c2"), (ISSUER + "/b", "c1")]
    names = [(one, sub) for one in platforms for sub in ("7", "7 ", "\u00077", "A", "a")]
    assert len({student_of(*name).twin_key for name in names}) == len(names)


def test_a_school_hands_in_for_no_learner_of_another_one_with_the_same_issuer(tmp_path: Any) -> None:
    schools = [replace(PLATFORM, client_id=name, keys=f"{ISSUER}/{name}") for name in "ab"]
    world = World(make_tool(tmp_path / "tool", *schools))
    for school, cells in zip(schools, (SMALL, SMALL + b" "), strict=True):
        world.jwks[school.keys] = KeySet([rsa(school.client_id)]).to_jwks()
        browser, name = world.browser(), school.client_id
        assert browser.hand_in(browser.launch(rsa(name), asks={"client_id": name}, aud=name), cells).status_code == 303
    one, other = world.tool.store.hand_ins()
    assert (one.sub, one.lineitem) == (other.sub, other.lineitem)
    assert {one.client_id, other.client_id} == {"a", "b"}
    assert len(list(world.tool.submitted.glob("*/*.ipynb"))) == 2


@pytest.mark.parametrize(
    ("custom", "query", "lesson"),
    [
        ({"lesson": "01_encoding"}, "", "01_encoding"),
        ({"lesson": "12"}, "", "12_capstone"),
        ({}, "?lesson=03", "03_claims"),
        ({"lesson": "02"}, "?lesson=03", "02_hmac"),
        ({"lesson": "$Lesson"}, "", ""),
        ({"lesson": "../../key"}, "", ""),
        ({"lesson": 1}, "", ""),
        ({}, "", ""),
    ],
)
def test_a_link_names_its_lesson(custom: Any, query: str, lesson: str, world: World) -> None:
    browser = world.browser()
    page = browser.launch(**{CLAIM + "custom": custom, CLAIM + "target_link_uri": f"{TOOL}/launch{query}"})
    text = browser.client.get(page).text
    assert ("names no lesson" in text) == (not lesson)
    assert f"{lesson}.ipynb" in text


@pytest.mark.parametrize(
    "roles", [[], [TEACHER], ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Learner"]]
)
def test_only_a_learner_of_the_course_hands_in(roles: list[str], world: World) -> None:
    browser = world.browser()
    page = browser.launch(**{CLAIM + "roles": roles})
    assert "you are not one" in browser.client.get(page).text
    assert browser.hand_in(page, SMALL).status_code == 403


@pytest.mark.parametrize(
    "role", [LEARNER, "Learner", "http://purl.imsglobal.org/vocab/lis/v2/membership/Learner#Learner"]
)
def test_a_learner_is_one_in_any_of_the_forms_that_platforms_use(role: str, world: World) -> None:
    browser = world.browser()
    assert "Hand in" in browser.client.get(browser.launch(**{CLAIM + "roles": [TEACHER, role]})).text
