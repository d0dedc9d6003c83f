"""forge_kid: a token that tells the server where its key lies."""

import functools
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...inside.values import show
from ...judging import library
from ...judging.aspects import Aspect, from_aspects, good, named
from ...judging.exercise import RETURNS, Exercise
from ...judging.trial import Args
from .. import kit
from . import forging
from .forging import Forge, Server

CAPITALS = ("LICENSE.txt", "ctypes/macholib/README.ctypes", "idlelib/README.txt", "idlelib/Icons/README.txt")
TEXTS = ("keyword.py", "bisect.py", "colorsys.py", "opcode.py", "sched.py", "queue.py", "stat.py", "this.py")
SHORT = "concurrent/__init__.py"
"""Of less than 64 bytes: a longer key is hashed first, and so a hash of it makes the same HMAC."""
MARKED = ("lib2to3/tests/data/bom.py", "test/tokenizedata/bad_coding2.py", "test/bad_coding2.py")
"""Of these that are there, one begins with a byte order mark."""
LARGE = 2**17
"""A file of so many bytes, if there is one, shows who reads only its beginning."""
RULES = {**forging.RULES, "4": "The key is the file's content, all bytes of it, even if there are none."}


@functools.cache
def files() -> dict[str, Path]:
    """Files that everybody can read: an empty one, some of Python's own, one of these no text."""
    folder = library.HERE
    texts = [folder / name for name in TEXTS if (folder / name).is_file()]
    found = {f"a text, {number}": path for number, path in enumerate(texts[:5])}
    odd = {
        "capitals in its name": [folder / name for name in CAPITALS],
        "a short one": [folder / SHORT],
        "with a byte order mark": [folder / name for name in MARKED],
        "by way of another folder": [folder / "json" / ".." / path.name for path in texts],
    }
    found |= {text: path for text, paths in odd.items() for path in paths[::-1] if path.is_file()}
    binaries = [*folder.glob("lib-dynload/*.so"), *folder.glob("__pycache__/*.pyc")]
    binaries.sort(key=lambda path: (path.stat().st_size < LARGE, path.suffix != ".so", path.stat().st_size, path.name))
    binary = [path for path in binaries if {0x0D, 0xFF} <= set(path.read_bytes())][:1]
    return {**found, "an empty file": Path(os.devnull), **({"no text": binary[0]} if binary else {})}


def aspects(w: Any) -> list[Aspect]:
    """The token and the path."""
    paths = list(files().items())
    return [
        *forging.aspects(w),
        Aspect("path", good(*(named(text, _seen(path)) for text, path in paths), rule="4")),
    ]


def _seen(path: Path) -> str:
    """Where the learner's code sees a file."""
    return library.seen(path) if path.is_relative_to(library.HERE) else str(path)


def build(e: Any) -> Args:
    """The token and the path."""
    return forging.honest(e), e.path


def server(args: Args) -> Server:
    """A server that takes as key the file which kid names."""
    path = args[1]
    content = library.file(path).read_bytes()

    def broken(head: dict[str, Any], message: bytes, signature: bytes, old: str) -> str:
        if wrong := forging.not_hs256(head):
            return wrong
        if head.get("kid") != path:
            return f"have the path as the header's kid, and not {show(head.get('kid'), 30)}"
        likely = {
            kit.mac(path.encode(), message): "its key is the path itself",
            kit.mac(content.strip(), message): "its key is the content without the white space around it",
            kit.mac(_as_latin_1(content), message): "its key is the content read as text",
            kit.mac(b"", message): "its key is empty",
        }
        return forging.not_sealed(content, message, signature, old, likely, "the content of the file")

    return broken


def _as_latin_1(content: bytes) -> bytes:
    """What becomes of a file's bytes that are read as text, line breaks and all, and written in UTF-8."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("latin-1").encode()


FORGE = Forge(
    header=lambda header, path: {**header, "kid": path},
    seal=lambda message, old, path: kit.mac(library.file(path).read_bytes(), message),
)

forge_kid = Exercise(
    name="forge_kid",
    points=3,
    spec="RFC 7515 §4.1.4",
    forbids=forging.FORBIDS,
    hints=(
        "The server opens the file that kid names and takes its content as the key. You may name any file. Which "
        "content do you know?",
        "The header gets `kid` = path. Read the same file yourself, as bytes: that is the key. Then sign as HS256 "
        "does, over the new header and the new payload.",
        "`signing_input = write({'alg': 'HS256', 'kid': path}) + '.' + as_admin(payload)`; then "
        "`hmac.new(Path(path).read_bytes(), signing_input.encode(), hashlib.sha256).digest()`, through `b64u_encode`, "
        "is the third segment.",
    ),
    rules=RULES,
    source=from_aspects(
        forging.world,
        aspects,
        build,
        forging.oracle,
        wants_of_good=forging.passes(server),
        examples=(("eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoicmVhZGVyIn0.AQID", os.devnull),),
    ),
    mistakes={
        RETURNS: {
            **forging.mistakes(FORGE),
            "kid is still the old one, so the server opens its own key file. Put the path into the header.": replace(
                FORGE, header=lambda header, path: header
            ),
            "kid is only the file's name. The server needs the whole path to find it.": replace(
                FORGE, header=lambda header, path: {**header, "kid": Path(path).name}
            ),
            "The path itself was used as the key. The server uses what is in the file.": replace(
                FORGE, seal=lambda message, old, path: kit.mac(path.encode(), message)
            ),
            "The signature is made of hexadecimal digits. Take `.digest()`, not `.hexdigest()`, and b64u_encode "
            "that.": replace(
                FORGE, seal=lambda message, old, path: kit.mac(library.file(path).read_bytes(), message).hex().encode()
            ),
            "The old signature does not fit the new header and payload. Sign them with the bytes of the file.": replace(
                FORGE, seal=lambda message, old, path: old
            ),
            "The file was opened as text, but an HMAC key is bytes: `Path(path).read_bytes()`.": replace(
                FORGE,
                seal=lambda message, old, path: kit.mac(library.file(path).read_text("latin-1"), message),  # type: ignore[arg-type]
            ),
        },
        (RETURNS, "4"): {
            "The key is empty. That is right for an empty file only: read the file, its bytes are the key.": replace(
                FORGE, seal=lambda message, old, path: kit.mac(b"", message)
            ),
            "The file's content was stripped. The server takes every byte of it, the last line break too.": replace(
                FORGE, seal=lambda message, old, path: kit.mac(library.file(path).read_bytes().strip(), message)
            ),
        },
        "4": {
            "The file was opened as text. Where it is none, that fails or changes its bytes: "
            "`Path(path).read_bytes()`.": replace(
                FORGE, seal=lambda message, old, path: kit.mac(library.file(path).read_text("utf-8").encode(), message)
            ),
            "The file was read as text in latin-1 and encoded anew, which changes its bytes: "
            "`Path(path).read_bytes()`.": replace(
                FORGE, seal=lambda message, old, path: kit.mac(_as_latin_1(library.file(path).read_bytes()), message)
            ),
        },
    },
)
