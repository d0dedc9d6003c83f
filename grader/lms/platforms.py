"""All platforms that are known, in the order in which a name is tried."""

from . import blackboard, brightspace, canvas, github, ilias, moodle, sakai

PLATFORMS = tuple(one.PLATFORM for one in (moodle, brightspace, blackboard, canvas, sakai, ilias, github))
