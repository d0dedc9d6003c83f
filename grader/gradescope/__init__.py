"""Gradescope: the zip file that a teacher uploads, and what runs in its container."""
