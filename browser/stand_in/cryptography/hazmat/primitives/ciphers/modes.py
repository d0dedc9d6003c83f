"""Modes of operation."""

from ....exceptions import Unsupported as CBC


class GCM:
    def __init__(self, initialization_vector, tag=None, min_tag_length=16):
        if tag is not None and len(tag) < min_tag_length:
            raise ValueError(f"Authentication tag must be {min_tag_length} bytes or longer.")
        self.iv, self.tag = initialization_vector, tag
