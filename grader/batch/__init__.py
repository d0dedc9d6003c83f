"""Many submissions: found, graded by workers, compared with one another."""
