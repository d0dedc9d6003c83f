"""Learning platforms (LMS) as data: file names in their downloads, columns of their rosters and grade files."""
