"""Tests of everything. What several of them share is imported as `tests.…`; folders mirror the packages."""
