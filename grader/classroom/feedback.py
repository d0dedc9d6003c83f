"""Feedback as a page without any script, neither the student's nor the template's.

nbconvert's template loads MathJax from another host, which no lesson needs. In case the sanitiser misses something,
the page's Content-Security-Policy forbids it to run or load anything.
"""

import re
from typing import Any

from nbconvert.exporters import HTMLExporter

from .late import refresh

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)


class FeedbackExporter(HTMLExporter):
    """Makes the HTML that a student gets back."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        """The page and nbconvert's resources. The penalty is worked out again, from the current marks."""
        ids = (resources or {}).get("nbgrader")
        if ids and self.parent is not None:
            refresh(self.parent.coursedir, self.parent, ids["assignment"], [ids["student"]])
        html, resources = super().from_notebook_node(nb, resources=resources, **options)
        html = _SCRIPT.sub("", html)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />'
        return re.sub(r"<head>", f"<head>\n{policy}", html, count=1), resources
