"""The older machinery, while chapters move to the rules."""
