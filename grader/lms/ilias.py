"""ILIAS: `Lovelace_Ada_alovelace_4711/…`, for teams within a folder `Team 12`."""

from .platform import Platform

PLATFORM = Platform(
    name="ilias",
    title="ILIAS",
    files=(r"(?P<who>[^\W\d][^_]*_[^\W\d][^_]*_.+)_(?P<key>\d+)",),
    within=r"Team \d+",
    splits="_",
    roster_only=True,
    zips_at_download=True,
)
