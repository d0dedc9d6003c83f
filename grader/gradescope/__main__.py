"""The program that `run_autograder` starts: `python -m grader.gradescope ROOT LEVEL CHAPTER`."""

import sys

from ..isolated import reenter


def main() -> None:
    """Grade the submission below ROOT, in an isolated interpreter."""
    reenter("grader.gradescope.__main__")
    from pathlib import Path

    from .container import grade_into_results

    root, level, chapter = sys.argv[1:]
    grade_into_results(Path(root), level, chapter)


if __name__ == "__main__":
    main()
