"""Receipts: signed tokens about the Reports in a graded folder. No process that imports this runs learner code."""
