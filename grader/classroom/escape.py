"""Names on the page of a submission are text, whatever is in them.

An id is harmless by its rule; a name comes from a roster, and learning platforms let students choose theirs.
"""

import html
from typing import Any

from nbconvert.preprocessors import Preprocessor
from traitlets import Bool

from .sanitise import begin_page

_NAMES = ("student", "last_name", "first_name", "assignment_id", "notebook_id", "notebook_path")


class EscapeNames(Preprocessor):
    """Escapes what a page is told of names, before its template shows them."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook as it is, and the resources with names that are only text. This is where a page begins."""
        begin_page()
        for name in _NAMES:
            if isinstance(resources.get(name), str):
                resources[name] = html.escape(resources[name])
        return nb, resources
