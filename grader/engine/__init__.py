"""Grading one submission: the learner's code in one process, the verdict in another."""
