"""What keeps a site from being built."""


class SiteError(Exception):
    """The text says what happened and what to do."""
