"""What the sandbox shows of this package: everything here runs in the learner's process, or forks it."""
