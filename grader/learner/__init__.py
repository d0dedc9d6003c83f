"""What a learner calls in a lesson, and what they see."""
