"""Proof that the trials work: every sample solution, changed in one place, must be refused (see `__main__`)."""
