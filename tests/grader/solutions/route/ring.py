"""A ring: each node stands on it many times, and a session goes to the next one clockwise."""

import bisect
from hashlib import blake2b


def place(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def route(session_id: str, nodes: list[str]) -> str:
    ring = sorted((place(f"{node}/{turn}"), node) for node in nodes for turn in range(24))
    if not ring:
        raise ValueError("the ring is empty")
    return ring[bisect.bisect(ring, (place(session_id), "")) % len(ring)][1]
