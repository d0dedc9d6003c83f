"""A checksum of both names. It spreads less evenly than a hash, and still does what is asked."""

import zlib


def route(session_id: str, nodes: list[str]) -> str:
    if len(nodes) == 0:
        raise ValueError(nodes)
    scored = {(zlib.crc32(f"{session_id}|{node}".encode()), node): node for node in nodes}
    return scored[max(scored)]
