"""One interpreter for everything that we start: isolated from the current folder and from the caller's environment.

The current folder may hold submissions, and Python would by default import a student's file that is named like a
module. `-I` keeps out the current folder, the PYTHON... variables and the user's own site-packages. Before this file
runs, nothing may be imported but `sys`, `os` and what Python loads at its start.
"""

import os
import sys

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_DISTRIBUTION = "jwt_from_scratch-"
SLOW = "rfc3987_syntax"
"""nbformat and JupyterLab import it by way of jsonschema, for the formats "iri" and "iri-reference", which nothing here
uses. It takes longer than all the rest (jsonschema's issue 1428). None in `sys.modules` says that it is not there.
"""
_HARMLESS = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
"""Variables by which Python imports nothing else. Containers often set them."""


def command(module: str, function: str = "main") -> list[str]:
    """The command that calls a function of one of our modules in an isolated interpreter; arguments may follow."""
    return run(f"from {module} import {function}; {function}()")


def run(code: str) -> list[str]:
    """The command that runs some Python in an isolated interpreter which finds the packages that this one found."""
    found = f"import sys; sys.path += [place for place in {_homes()!r} if place not in sys.path]; "
    text = ("-X", "utf8") if sys.flags.utf8_mode else ()
    return [sys.executable, "-I", *text, "-c", f"{found}sys.modules['{SLOW}'] = None; {code}"]


def reenter(module: str) -> None:
    """Replace this interpreter by an isolated one that runs a module's `main`; return if this one is isolated already.

    Returns on Windows, too, which has no such exec; nothing is graded there. Returns also if a person's question is
    about the command itself and nothing but what is installed can be imported, because a second start takes longer
    than the answer.
    """
    if sys.flags.isolated or os.name != "posix" or not sys.executable:
        return
    if _asks_for_help(sys.argv[1:]) and _finds_only_what_is_installed():
        del sys.path[0]
        return
    os.execv(sys.executable, [*command(module), *sys.argv[1:]])  # noqa: S606 - our own interpreter


def _asks_for_help(words: list[str]) -> bool:
    """Whether no command will run: `--version`, `--help`, or `COMMAND --help`."""
    return words in (["--version"], ["--help"], ["-h"]) or (
        len(words) == 2 and not words[0].startswith("-") and words[1] in ("--help", "-h")
    )


def _finds_only_what_is_installed() -> bool:
    """Whether an environment's own script runs, and neither variables nor a user's packages decide what is imported."""
    import site

    script = os.path.dirname(os.path.realpath(sys.argv[0]))
    own = script == sys.path[0] == os.path.join(os.path.realpath(sys.prefix), "bin")
    others = {name for name in os.environ if name.startswith("PYTHON")} - _HARMLESS
    return own and not site.ENABLE_USER_SITE and not others


def _homes() -> list[str]:
    """The folders of this package and of what was installed with it, which `-I` does not search by itself."""
    import site

    user = site.getusersitepackages() if site.ENABLE_USER_SITE else ""
    if os.path.isabs(user) and os.path.isdir(user):
        installed = user == _HERE or any(name.startswith(_DISTRIBUTION) for name in os.listdir(user))
        return [_HERE, *([user] if installed else [])]
    return [_HERE]
