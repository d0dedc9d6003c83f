"""Reports as a JUnit XML file, which CI services show: a suite per submission, a case per exercise."""

from collections.abc import Sequence
from xml.etree import ElementTree

from .report import NOT_TAKEN, ExerciseReport, Report
from .texts import printable, remarks, warning

_PROPERTIES = ("student", "chapter", "status", "score", "max_score", "sandbox", "sha256", "grading_id")


def junit_xml(reports: Sequence[Report]) -> str:
    """The file's text. A case passes with full points and fails otherwise.

    A submission that can't be read, or is not the lesson that its file name says, is an error.
    """
    suites = [_suite(report) for report in reports]
    root = ElementTree.Element("testsuites", name="grader")
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.attrib[count]) for suite in suites)))
    root.set("time", f"{sum(report.seconds for report in reports):.3f}")
    root.extend(suites)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(report: Report) -> ElementTree.Element:
    name = printable(report.submission)
    cases = [_case(exercise, name) for exercise in report.exercises]
    if not cases or not report.is_what_was_asked_for:
        cases.append(_error(report, name))
    suite = ElementTree.Element("testsuite", name=name, tests=str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("errors", str(sum(case.find("error") is not None for case in cases)))
    suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
    suite.set("time", f"{report.seconds:.3f}")
    properties = ElementTree.SubElement(suite, "properties")
    for key in _PROPERTIES:
        ElementTree.SubElement(properties, "property", name=key, value=printable(str(getattr(report, key))))
    suite.extend(cases)
    if text := warning(report):
        ElementTree.SubElement(suite, "system-err").text = text
    return suite


def _case(exercise: ExerciseReport, suite: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=suite, name=printable(exercise.name))
    if exercise.score < exercise.max_score:
        status = printable(exercise.status)
        points = f"{exercise.score} of {exercise.max_score} points, {status}"
        said = remarks(exercise)
        failure = ElementTree.SubElement(case, "failure", type=status, message=": ".join([points, *said[:1]]))
        failure.text = "\n".join([points, *said])
    return case


def _error(report: Report, suite: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=suite, name="submission")
    if report.status == NOT_TAKEN:
        ElementTree.SubElement(case, "skipped", message=f"not taken: {printable(report.message)}")
        return case
    error = ElementTree.SubElement(case, "error", type=printable(report.status), message=printable(report.message))
    error.text = printable(report.message)
    return case
