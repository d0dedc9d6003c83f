"""Sakai: `Assignment/Lovelace, Ada(alovelace)/Submission attachment(s)/…`, or the last three as one name, with "_"."""

from .platform import Platform

PLATFORM = Platform(
    name="sakai",
    title="Sakai",
    files=(r"(?P<head>[^()]+, ?[^()]+)\((?P<who>[^()]+)\)(?:_Submission attachment\(s\)_(?P<rest>.+))?",),
    given=r"Feedback [Aa]ttachment\(s\)",
    zips_at_download=True,
)
