"""What came of a learner's calls, turned into a score and into sentences."""
