"""A class with nbgrader: its course directory, gradebook and pages, with our grading in place of nbgrader's own."""

from ..course.masters import load_lightly

load_lightly("jsonschema")  # before nbgrader does
