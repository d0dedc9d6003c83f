"""What keeps a site from being built."""

from ..errors import GraderError


class SiteError(GraderError):
    """The site: something that it is made of is missing, or is not what it should be; or its folder is another's."""
