"""Receipts: a graded folder in, signed tokens out. No process that imports this runs learner code."""
