"""`grader site`: the course as pages, and as an edition that runs in a browser."""
