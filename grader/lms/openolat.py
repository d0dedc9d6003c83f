"""OpenOlat: `Lovelace_Ada_alovelace/2_submissions/…`, beside `1_task`, `3_corrections` … (`GTACourseNode.java`)."""

from .platform import Platform

PLATFORM = Platform(
    name="openolat",
    title="OpenOlat",
    given=r"\d+_(?:task|corrections|corrections_\d+|assessment)",
    handed_in=r"\d+_(?:submissions|revisions_\d+)",
)
