"""Sakai: `Assignment/Lovelace, Ada(alovelace)/Submission attachment(s)/…`."""

from .platform import Platform

PLATFORM = Platform(
    name="sakai",
    title="Sakai",
    files=(r"(?P<head>[^()]+, ?[^()]+)\((?P<who>[^()]+)\)",),
    zips_at_download=True,
)
