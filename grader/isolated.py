"""One interpreter for everything that we start: isolated from the current folder and from the caller's environment.

The current folder may hold submissions, and Python's usual rules would import a file of a student's that is named
like a module. `-I` keeps out the current folder, the PYTHON... variables and the user's own site-packages. By the
time that this file runs, nothing but `sys`, `os` and what Python loads before any program must have been imported.
"""

import os
import sys

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_DISTRIBUTION = "jwt_from_scratch-"


def command(module: str, function: str = "main") -> list[str]:
    """The command that calls a function of one of our modules in an isolated interpreter; arguments may follow."""
    return run(f"from {module} import {function}; {function}()")


def run(code: str) -> list[str]:
    """The command that runs some Python in an isolated interpreter which finds the packages that this one found."""
    found = f"import sys; sys.path += [place for place in {_homes()!r} if place not in sys.path]; "
    text = ("-X", "utf8") if sys.flags.utf8_mode else ()
    return [sys.executable, "-I", *text, "-c", found + code]


def reenter(module: str) -> None:
    """Go on in an isolated interpreter, in the place of this one, in the `main` of a module; return if it is isolated.

    Where there is no exec (Windows) there is no grading either; the current folder is not among the places then.
    """
    if not sys.flags.isolated and os.name == "posix" and sys.executable:
        os.execv(sys.executable, [*command(module), *sys.argv[1:]])  # noqa: S606 - our own interpreter


def _homes() -> list[str]:
    """The folders that hold this package and what was installed along with it, where `-I` would not look for them."""
    import site

    user = site.getusersitepackages() if site.ENABLE_USER_SITE else ""
    if os.path.isabs(user) and os.path.isdir(user):
        installed = user == _HERE or any(name.startswith(_DISTRIBUTION) for name in os.listdir(user))
        return [_HERE, *([user] if installed else [])]
    return [_HERE]
