"""A generator seeded with both names: its first number is the same in every process."""

import random


def route(session_id: str, nodes: list[str]) -> str:
    if not nodes:
        raise ValueError("no nodes")
    return min(nodes, key=lambda node: random.Random(f"{len(session_id)} {session_id} {node}").random())
