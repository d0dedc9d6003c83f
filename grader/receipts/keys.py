"""Signing keys: a private JWK in a file that only its owner can read, and a JWKS file with its public half.

The course key is for Ed25519; `grader.lti` uses another algorithm.
"""

import json
import os
import stat
from pathlib import Path
from typing import Any

from jwt_from_scratch import JWTError, Key, KeySet
from jwt_from_scratch.encoding import json_loads_strict

from ..engine.mounts import shows
from ..errors import GraderError
from ..files import open_to_read, write_new_secret, write_whole
from ..inside.values import plain_text

ALG = "Ed25519"
_MAX_BYTES = 1_000_000


class KeyProblem(GraderError):
    """A key file that can't be made or used. The text is one line and contains no secret."""


def default_place() -> Path:
    """A file in the user's configuration folder, outside repositories, folders of submissions and the sandbox."""
    settings = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(settings) if os.path.isabs(settings) else Path.home() / ".config"
    return folder / "jwt-from-scratch" / "course-key.json"


def make_key(place: Path, alg: str = ALG) -> tuple[Path, Path]:
    """Make a key and write both files. Returns their paths.

    If only the public file is missing, it is written again.

    Raises:
        KeyProblem: the public file is there already, or the sandbox shows that path to learner code.
        OSError: a file can't be written.
    """
    public = place.with_name(f"{place.stem}.jwks.json")
    require_hidden(place)
    if os.path.lexists(public):
        raise KeyProblem(f"{public}: is there already, and others may rely on it; name another file with --out")
    if os.path.lexists(place):
        key = read_key(place, alg)
    else:
        key = _named(Key.generate(alg), alg)
        write_new_secret(place, _text(key.to_jwk(private=True)))
    write_whole(public, _text(KeySet([key]).to_jwks()))
    return place, public


def read_key(place: Path, alg: str = ALG) -> Key:
    """The private key in a file.

    Raises:
        KeyProblem: there is no such key, or others can read the file.
    """
    require_hidden(place)
    jwk = _json(place, private=True)
    try:
        key = _named(Key.from_jwk(jwk, alg), alg)
        key.to_jwk(private=True)
    except JWTError as error:
        raise KeyProblem(f"{_shown(place)}: not a private {alg} key: {error}") from None
    return key


def read_jwks(place: Path) -> KeySet:
    """The public Ed25519 keys in a file.

    Raises:
        KeyProblem: it contains none.
    """
    jwks = _json(place, private=False)
    try:
        found = KeySet(key for key in KeySet.from_jwks(jwks) if key.alg == ALG)
    except JWTError as error:
        raise KeyProblem(f"{_shown(place)}: {error}") from None
    if not len(found):
        raise KeyProblem(f"{_shown(place)}: no usable Ed25519 key in it")
    return found


def _named(key: Key, alg: str) -> Key:
    """The key with its thumbprint (RFC 7638) as kid."""
    return Key.from_jwk({**key.to_jwk(private=True), "alg": alg, "kid": key.thumbprint()})


def require_hidden(place: Path) -> None:
    """Check that learner code can't see the path of a key.

    Raises:
        KeyProblem: the sandbox shows it.
    """
    if shows(place):
        raise KeyProblem(f"{_shown(place)}: the sandbox shows this folder to learner code; keep the key elsewhere")


def _json(place: Path, *, private: bool) -> Any:
    try:
        with open(open_to_read(place, follow=True), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise KeyProblem(f"{_shown(place)}: not a regular file")
            if private and os.name == "posix" and status.st_mode & 0o077:
                raise KeyProblem(f"{_shown(place)}: others can read this key; `chmod 600` it, or better make a new one")
            data = file.read(_MAX_BYTES)
        return json_loads_strict(data)
    except OSError as error:
        raise KeyProblem(f"{_shown(place)}: {error.strerror}") from None
    except JWTError as error:
        raise KeyProblem(f"{_shown(place)}: not JSON: {error}") from None


def _text(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


def _shown(place: Path) -> str:
    return plain_text(str(place), 500)
