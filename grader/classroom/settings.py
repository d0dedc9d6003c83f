"""What `nbgrader_config.py` of a class sets: nbgrader's own commands and screens, with our grading inside.

The file in a course directory only calls `configure`, so a newer version of this package brings newer settings.
"""

from typing import Any

from ..course.editions import CODE_STUB
from ..course.masters import TEXT_STUB
from .formgrader import list_only_ids
from .refused import say_it_in_a_sentence

EXPORTER = "grader.classroom.exporter.GradingExporter"
HOOK = "grader.classroom.quarantine.before_autograde"
FEEDBACK = "grader.classroom.feedback.FeedbackExporter"
MARKDOWN = "grader.classroom.sanitise.markdown2html"
CODE = "grader.classroom.sanitise.highlight_code"
PENALTIES = "grader.classroom.late.Penalties"
NAMES = "grader.classroom.escape.EscapeNames"
GRADES = "grader.classroom.export.Grades"
EXTRACTOR = "grader.classroom.zip_collect.Extractor"
COLLECTOR = "grader.classroom.zip_collect.Collector"
"""What nbgrader is told to use, by name, so that its other commands import none of it."""


def configure(c: Any, *, course_id: str, db_url: str = "", timezone: str = "") -> None:
    """Set nbgrader up for this course.

    Args:
        c: nbgrader's configuration object, `get_config()`.
        course_id: what the gradebook and the exchange call the course.
        db_url: an SQLAlchemy URL; the course directory's own gradebook.db, if not given.
        timezone: the class's, such as Europe/Berlin; deadlines are meant and times are shown in it. UTC, if not given.
    """
    list_only_ids()
    say_it_in_a_sentence()
    c.CourseDirectory.course_id = course_id
    if timezone:
        c.Exchange.timezone = c.NbGraderAPI.timezone = timezone
    if db_url:
        c.CourseDirectory.db_url = db_url
    # The exporter grades: no submitted notebook is parsed, or run, by nbgrader. What it hands on is rebuilt.
    c.Autograde.exporter_class = EXPORTER
    c.Autograde.pre_convert_hook = HOOK
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = [
        "nbgrader.preprocessors.SaveAutoGrades",
        PENALTIES,
    ]
    # The student edition that generate_assignment makes is the course's own.
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    c.ClearSolutions.text_stub = TEXT_STUB
    # What students wrote is shown by formgrader and in feedback: without anything that a browser would run.
    c.GenerateFeedback.exporter_class = FEEDBACK
    # nbgrader leaves a page as it is, whatever was marked since; so each is made again.
    c.GenerateFeedback.force = True
    c.ExportApp.plugin_class = GRADES
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.preprocessors = [NAMES]
    c.HTMLExporter.filters = {"markdown2html": MARKDOWN, "highlight_code": CODE}
    # `nbgrader zip_collect` finds submissions as `grader grade` does.
    c.ZipCollectApp.extractor_plugin = EXTRACTOR
    c.ZipCollectApp.collector_plugin = COLLECTOR
