"""What learning platforms call things: names of their downloads, columns of their rosters and of their grade files."""
