"""`grader`, also as `python -m grader`. Where only the reference module is installed, it says what to install."""

# Not `signal`, whose own imports take a while in which Ctrl-C would still show a traceback.
import _signal  # type: ignore[import-not-found]
import sys

from .isolated import reenter


def main() -> None:
    """Run the command line in an isolated interpreter, or say what to install for it."""
    ctrl_c = _signal.getsignal(_signal.SIGINT)
    if ctrl_c is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # until there is who says it in a sentence
    reenter("grader.__main__")
    sys.argv[0] = "grader"
    try:
        from .cli.main import main as run
    except ModuleNotFoundError as error:
        sys.exit(f"grader: the package {error.name!r} is missing; install the course: jwt-from-scratch[course]")
    _signal.signal(_signal.SIGINT, ctrl_c)
    run()


if __name__ == "__main__":
    main()
