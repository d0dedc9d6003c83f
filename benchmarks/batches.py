"""Large batches: the same command again on finished work, a class with endless loops, whose solutions are alike.

Each is measured against itself in the same run, as the machine's load is the same for both: the second call against the
first submissions' reading, a class with loops against the same class with a short limit, ten times the submissions
against a tenth.
"""
