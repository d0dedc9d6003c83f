"""The output formats of `grader grade`, by the names of its options."""

from collections.abc import Callable, Mapping, Sequence

from ..files import write_to
from .gradescope import gradescope_json
from .junit import junit_xml
from .report import Report, reports_json
from .summary import summary_csv

FORMS: dict[str, Callable[[Sequence[Report]], str]] = {
    "json": reports_json,
    "junit": junit_xml,
    "csv": summary_csv,
    "gradescope": gradescope_json,
}


def write_forms(reports: Sequence[Report], targets: Mapping[str, str]) -> None:
    """Write the Reports in some formats, each to its target: a file, or stdout for "-".

    Raises:
        NotOneSubmission: results.json is asked for, but there is not exactly one submission. The others are written.
        OSError: a target can't be written.
    """
    for form, make in FORMS.items():
        if form in targets:
            write_to(targets[form], make(reports))
