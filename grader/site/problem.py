"""The error that ends `grader site`."""

from ..errors import GraderError


class SiteError(GraderError):
    """A file for the site is missing or wrong, or the site's folder has other content."""
