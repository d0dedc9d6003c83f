"""The tool's folder: where its settings, keys, hand-ins and Reports are."""

import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jwt_from_scratch import JWTError, Key

from ..classroom.closed import close_new, require_closed
from ..files import read_small, write_new_secret
from ..receipts.keys import make_key, read_key, require_hidden
from . import registry
from .refusal import LtiProblem
from .registry import Settings
from .store import Store

ALG = "RS256"
"""What every platform reads and signs with (1EdTech Security Framework 1.0 §5.1.3)."""
_SETTINGS = "lti.json"


@dataclass(frozen=True)
class Tool:
    """A folder that `grader lti init` made."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> "Tool":
        """The tool in a folder.

        Raises:
            LtiProblem: there is none, or its settings can't be read.
            ClassError: others on this machine can look into it.
        """
        if not (root / _SETTINGS).is_file():
            raise LtiProblem(f"{root}: not the folder of a tool; make one with `grader lti init`")
        require_closed(root)
        found = cls(root.resolve())
        found.settings()
        return found

    @classmethod
    def init(cls, root: Path, url: str, opens: dict[str, str]) -> "Tool":
        """Make a tool's folder. In one that is there, address and buttons are set anew and all else stays.

        Raises:
            LtiProblem: there is something else in the folder, or an address can't be right.
            KeyProblem: the sandbox shows the folder to learner code, or the key can't be used.
            OSError: it can't be written to.
        """
        file = root / _SETTINGS
        if root.is_dir() and any(root.iterdir()) and not file.is_file():
            raise LtiProblem(f"{root}: there is something else in it; name a new or an empty folder")
        platforms = registry.read(file).platforms if file.is_file() else ()
        settings = registry.checked(Settings(url, opens, platforms))
        tool = cls(root.resolve())
        require_hidden(tool._private_key)
        if not file.is_file():
            close_new(root)
        tool.submitted.mkdir(exist_ok=True)
        if not tool.public_keys.is_file():
            make_key(tool._private_key, ALG)
        if not tool._cookie_secret.is_file():
            write_new_secret(tool._cookie_secret, secrets.token_hex(32) + "\n")
        registry.write(file, settings)
        return tool

    def settings(self) -> Settings:
        """What is set now: a platform that was registered while we serve is known at once.

        Raises:
            LtiProblem: the file can't be read.
        """
        return registry.read(self.root / _SETTINGS)

    def change(self, settings: Settings) -> None:
        """Set something else.

        Raises:
            OSError: the file can't be written.
        """
        registry.write(self.root / _SETTINGS, settings)

    @property
    def _private_key(self) -> Path:
        return self.root / "key.json"

    @property
    def _cookie_secret(self) -> Path:
        return self.root / "cookie-secret"

    @property
    def public_keys(self) -> Path:
        """The key set that we publish."""
        return self.root / "key.jwks.json"

    def key(self) -> Key:
        """What we sign with.

        Raises:
            KeyProblem: there is no such key, or others can read it.
        """
        return read_key(self._private_key, ALG)

    @cached_property
    def cookie_key(self) -> Key:
        """What the cookies of logins are sealed with: nobody but us reads them.

        Raises:
            LtiProblem: it can't be read.
        """
        try:
            return Key.from_secret(bytes.fromhex(read_small(self._cookie_secret, 200)), "HS256")
        except (OSError, ValueError, JWTError) as error:
            raise LtiProblem(f"{self._cookie_secret}: {type(error).__name__}; remove it, and init again") from None

    @cached_property
    def store(self) -> Store:
        """What we remember."""
        return Store(self.root / "lti.db")

    @property
    def graded(self) -> Path:
        """Where `grader grade` puts the Reports."""
        return self.root / "graded"

    @property
    def submitted(self) -> Path:
        """Where hand-ins are."""
        return self.root / "submitted"

    def hand_in(self, student: str, lesson: str) -> Path:
        """Where a learner's hand-in goes; student is a `StudentId`, which is harmless in a path."""
        return self.submitted / student / f"{lesson}.ipynb"

    @property
    def push_lock(self) -> Path:
        """Who holds a lock on this file pushes scores."""
        return self.root / ".push-lock"

    def says(self) -> str:
        """What an administrator enters in a platform."""
        url = self.settings().url
        return os.linesep.join(
            (f"tool, redirect: {url}/launch", f"login:          {url}/login", f"public keys:    {url}/jwks.json")
        )
