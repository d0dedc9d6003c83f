"""`grader`, also as `python -m grader`. Where only the reference module is installed, it says what to install."""

import sys

from .isolated import reenter


def without_slow_formats() -> None:
    """Keep rfc3987-syntax from being imported, which takes longer than all else that nbformat imports.

    jsonschema uses it, where it is installed, for the formats "iri" and "iri-reference"; no notebook's schema has them.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # Python's own way to say "not there"


def main() -> None:
    """Run the command line in an isolated interpreter, or say what to install for it."""
    reenter("grader.__main__")
    sys.argv[0] = "grader"
    without_slow_formats()
    try:
        from .cli.main import main as run
    except ModuleNotFoundError as error:
        sys.exit(f"grader: the package {error.name!r} is missing; install the course: jwt-from-scratch[course]")
    run()


if __name__ == "__main__":
    main()
