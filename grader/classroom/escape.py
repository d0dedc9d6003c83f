"""Escapes the names on the page of a submission.

An id is harmless by its rule (`grader.student`). But names come from rosters, and on learning platforms students may
choose theirs.
"""

import html
from typing import Any

from nbconvert.preprocessors import Preprocessor
from traitlets import Bool

from .sanitise import begin_page

_NAMES = ("student", "last_name", "first_name", "assignment_id", "notebook_id", "notebook_path")


class EscapeNames(Preprocessor):
    """Escapes the names that a page's template is given."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The unchanged notebook, and the resources with escaped names. Also starts a new page for `sanitise`."""
        begin_page()
        for name in _NAMES:
            if isinstance(resources.get(name), str):
                resources[name] = html.escape(resources[name])
        return nb, resources
