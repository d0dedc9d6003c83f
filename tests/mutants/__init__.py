"""Mutation testing of the checks: every sample solution, changed in one place, must be refused (see `__main__`)."""
