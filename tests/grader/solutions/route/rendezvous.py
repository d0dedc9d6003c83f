"""Rendezvous hashing in one line."""

import hashlib


def route(session_id: str, nodes: list[str]) -> str:
    if not nodes:
        raise ValueError("no nodes")
    return max(nodes, key=lambda node: hashlib.sha256(f"{session_id} {node}".encode()).digest())
