"""The tool's settings: its own address, where lessons open, and the platforms that it knows, in one file."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from jwt_from_scratch import JWTError
from jwt_from_scratch.encoding import json_loads_strict

from ..files import write_whole
from ..inside.values import plain_text
from .addresses import problem_with
from .refusal import LtiProblem

_MAX_ID = 255
"""Characters of a client or deployment id (LTI Core 1.3 §5.3.3)."""


@dataclass(frozen=True)
class Platform:
    """A learning platform, as its administrator registered us there. Issuer and client id together are its name.

    One issuer may stand for many schools, so the issuer alone is none.

    Attributes:
        issuer: its `iss`, compared exactly.
        client_id: what we are called there.
        deployments: the deployments of us that we serve.
        login: its authorization endpoint.
        token: its token endpoint.
        keys: where its key set is.
        audience: the `aud` of what we sign for its token endpoint; "" for that endpoint's address.
        frames: further addresses of pages that may show ours in a frame.
    """

    issuer: str
    client_id: str
    deployments: tuple[str, ...]
    login: str
    token: str
    keys: str
    audience: str = ""
    frames: tuple[str, ...] = ()

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self.issuer, self.client_id


@dataclass(frozen=True)
class Settings:
    """What is set.

    Attributes:
        url: our address as browsers see it, without a slash at its end.
        opens: by a button's words, the address that it leads to; `{lesson}` stands for the lesson's name.
        platforms: those that may send learners.
    """

    url: str
    opens: dict[str, str] = field(default_factory=dict)
    platforms: tuple[Platform, ...] = ()

    def platform(self, name: tuple[str, str]) -> Platform | None:
        """The platform of that issuer and client id."""
        return next((one for one in self.platforms if one.name == name), None)

    def registered(self, new: Platform) -> "Settings":
        """The same with a platform. One of that name gets the new addresses and keeps its deployments and frames.

        Raises:
            LtiProblem: something about it can't be right.
        """
        _check(new)
        old = self.platform(new.name)
        if old:
            deployments = tuple(dict.fromkeys(old.deployments + new.deployments))
            new = replace(new, deployments=deployments, frames=tuple(dict.fromkeys(old.frames + new.frames)))
        others = tuple(one for one in self.platforms if one.name != new.name)
        return replace(self, platforms=(*others, new))


def checked(settings: Settings) -> Settings:
    """The same, if our own addresses can be right.

    Raises:
        LtiProblem: they can't.
    """
    for what, address in (("--url", settings.url), *settings.opens.items()):
        if problem := problem_with(address.replace("{lesson}", "01_encoding")):
            raise LtiProblem(f"{what} {plain_text(address, 200)}: {problem}")
    if "?" in settings.url:
        raise LtiProblem(f"--url {plain_text(settings.url, 200)}: it has a part behind a ?")
    return replace(settings, url=settings.url.rstrip("/"))


def write(file: Path, settings: Settings) -> None:
    """Write the file.

    Raises:
        OSError: it can't be written.
    """
    write_whole(file, json.dumps(asdict(settings), indent=2) + "\n")


def read(file: Path) -> Settings:
    """What the file says.

    Raises:
        LtiProblem: it is not there, or says something else.
    """
    try:
        said: Any = json_loads_strict(file.read_bytes())
        platforms = tuple(
            Platform(**{**one, "deployments": tuple(one["deployments"]), "frames": tuple(one.get("frames", ()))})
            for one in said["platforms"]
        )
        settings = Settings(said["url"], dict(said["opens"]), ())
        for platform in platforms:
            settings = settings.registered(platform)
        return checked(settings)
    except OSError as error:
        raise LtiProblem(f"{file}: {error.strerror}; `grader lti init` makes it") from None
    except (JWTError, TypeError, KeyError, AttributeError) as error:
        raise LtiProblem(f"{file}: not the settings of a tool ({plain_text(str(error), 200)})") from None


def _check(platform: Platform) -> None:
    ids = (platform.issuer, platform.client_id, *platform.deployments)
    if not platform.deployments or not all(isinstance(one, str) and 0 < len(one) <= _MAX_ID for one in ids):
        raise LtiProblem(f"issuer, client id and deployments must be there, with at most {_MAX_ID} characters each")
    addresses = [("--auth", platform.login), ("--token", platform.token), ("--jwks", platform.keys)]
    for what, address in addresses + [("--frame", one) for one in platform.frames]:
        if problem := problem_with(address):
            raise LtiProblem(f"{what} {plain_text(address, 200)}: {problem}")
