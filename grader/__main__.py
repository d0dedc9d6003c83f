"""`grader`, also as `python -m grader`. It explains itself where only the reference module is installed."""

import sys


def main() -> None:
    """Run the command line, or say what to install for it."""
    try:
        from .cli.main import main as run
    except ModuleNotFoundError as error:
        sys.exit(f"grader: the package {error.name!r} is missing; install the course: jwt-from-scratch[course]")
    run()


if __name__ == "__main__":
    main()
