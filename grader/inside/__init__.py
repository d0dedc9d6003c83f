"""The part of `grader` that is visible in the sandbox: it runs in the learner's process, or forks that process."""
