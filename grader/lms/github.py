"""GitHub Classroom. A repository is called ASSIGNMENT-USERNAME or ASSIGNMENT-TEAM; the roster and the grades are CSV
files of its pages (GitHub's documentation, "Manage classrooms" and "Monitor students' progress").
"""

from .platform import Platform

PLATFORM = Platform(
    name="github",
    title="GitHub Classroom",
    files=(r"(?P<who>[^_]*?-.+?)(?:-(?:main|master|[0-9a-f]{40}))?",),
    key="github",
    splits="-",
    roster_only=True,
    roster={"identifier": "identifier", "github_username": "github", "name": "name"},
    known_by=("identifier", "github_username"),
    ids=("identifier", "github"),
    log={
        "github_username": "github",
        "roster_identifier": "identifier",
        "submission_timestamp": "time",
    },
    log_times=("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z"),
)
