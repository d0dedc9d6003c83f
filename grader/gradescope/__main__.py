"""What `run_autograder` runs: `python -m grader.gradescope ROOT LEVEL CHAPTER`."""

import sys
from pathlib import Path

from .container import grade_into_results

if __name__ == "__main__":
    root, level, chapter = sys.argv[1:]
    grade_into_results(Path(root), level, chapter)
