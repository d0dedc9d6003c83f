"""All known platforms, in the order in which their patterns are tried on a file name."""

from . import blackboard, brightspace, canvas, github, ilias, moodle, openolat, sakai
from .platform import Platform

PLATFORMS: tuple[Platform, ...] = tuple(
    one.PLATFORM for one in (moodle, brightspace, blackboard, canvas, sakai, openolat, ilias, github)
)


def platform_called(name: str) -> Platform:
    """The platform of this name.

    Raises:
        KeyError: there is no such platform.
    """
    return {one.name: one for one in PLATFORMS}[name]
