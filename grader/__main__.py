"""`grader`, also as `python -m grader`. Where only the reference module is installed, it says what to install."""

import sys

from .isolated import reenter


def main() -> None:
    """Run the command line in an isolated interpreter, or say what to install for it."""
    reenter("grader.__main__")
    sys.argv[0] = "grader"
    try:
        from .cli.main import main as run
    except ModuleNotFoundError as error:
        sys.exit(f"grader: the package {error.name!r} is missing; install the course: jwt-from-scratch[course]")
    run()


if __name__ == "__main__":
    main()
