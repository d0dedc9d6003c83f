"""All tests. Their folders mirror the packages; shared helpers are imported as `tests.…`."""
