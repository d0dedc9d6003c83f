"""The settings in a class's `nbgrader_config.py`: nbgrader's own commands and pages, with our grading inside.

The file in a course directory only calls `configure`, so a newer version of this package brings newer settings.
"""

from typing import Any

from ..course.editions import CODE_STUB
from ..course.masters import TEXT_STUB
from .extension import extend_deadlines_only
from .formgrader import list_only_ids
from .refused import say_it_in_a_sentence

EXPORTER = "grader.classroom.exporter.GradingExporter"
HOOK = "grader.classroom.quarantine.before_autograde"
FEEDBACK = "grader.classroom.feedback.FeedbackExporter"
MARKDOWN = "grader.classroom.sanitise.markdown2html"
CODE = "grader.classroom.sanitise.highlight_code"
MARKS = "grader.classroom.marks.SaveScores"
PENALTIES = "grader.classroom.late.Penalties"
NAMES = "grader.classroom.escape.EscapeNames"
GRADES = "grader.classroom.export.Grades"
EXTRACTOR = "grader.classroom.zip_collect.Extractor"
COLLECTOR = "grader.classroom.zip_collect.Collector"
EXCHANGE = "grader.classroom.exchange.Collect"
"""Our classes, given to nbgrader by name, so that commands which do not use them do not import them."""


def configure(c: Any, *, course_id: str, db_url: str = "", timezone: str = "") -> None:
    """Set nbgrader up for this course.

    Args:
        c: nbgrader's configuration object, `get_config()`.
        course_id: the course's name in the gradebook and the exchange.
        db_url: an SQLAlchemy URL; by default the course directory's own gradebook.db.
        timezone: the class's, such as Europe/Berlin, for deadlines and for all times shown; by default UTC.
    """
    extend_deadlines_only()
    list_only_ids()
    say_it_in_a_sentence()
    c.CourseDirectory.course_id = course_id
    if timezone:
        c.Exchange.timezone = c.NbGraderAPI.timezone = timezone
    if db_url:
        c.CourseDirectory.db_url = db_url
    # The exporter grades, and returns a notebook that we made. So nbgrader never parses or runs a submitted one.
    c.Autograde.exporter_class = EXPORTER
    c.GradingExporter.is_configured = True
    c.Autograde.pre_convert_hook = HOOK
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = [
        MARKS,
        PENALTIES,
    ]
    # The student edition that generate_assignment makes is the course's own.
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    c.ClearSolutions.text_stub = TEXT_STUB
    # Formgrader and feedback show what students wrote, without anything that a browser would run.
    c.GenerateFeedback.exporter_class = FEEDBACK
    # By itself nbgrader keeps an existing page, even if marks have changed since.
    c.GenerateFeedback.force = True
    c.ExportApp.plugin_class = GRADES
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.preprocessors = [NAMES]
    c.HTMLExporter.filters = {"markdown2html": MARKDOWN, "highlight_code": CODE}
    # `nbgrader zip_collect` finds submissions as `grader grade` does.
    c.ZipCollectApp.extractor_plugin = EXTRACTOR
    c.ZipCollectApp.collector_plugin = COLLECTOR
    # Whose a hand-in in the exchange is and when it came in, the machine says, not the hand-in.
    c.ExchangeFactory.collect = EXCHANGE
