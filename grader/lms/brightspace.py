"""Brightspace (D2L): `4711-98765 - Ada Lovelace - Nov 28, 2026 1000 AM`, a folder or the beginning of a file's name."""

from .platform import Platform

PLATFORM = Platform(
    name="brightspace",
    title="Brightspace",
    files=(
        r"(?P<key>\d+)-\d+ ?- (?P<who>.+?) ?- "
        r"(?P<time>[A-Z][a-z]{2} \d{1,2}, \d{4} \d{3,4} [AP]M)(?: ?- (?P<rest>.*))?",
    ),
    key="lms_user_id",
    zips_at_download=True,
    time="%b %d, %Y %I%M %p",
    roster={
        "orgdefinedid": "number",
        "username": "login",
        "last name": "last_name",
        "first name": "first_name",
        "email": "email",
    },
    known_by=("orgdefinedid",),
    ids=("login", "number"),
)
