"""OpenOlat: `Lovelace_Ada_alovelace/2_submissions/…`, beside `1_task`, `3_corrections` … (`GTACourseNode.java`)."""

from .platform import Platform

PLATFORM = Platform(name="openolat", title="OpenOlat", teachers=r"\d+_(?:task|corrections|corrections_\d+|assessment)")
