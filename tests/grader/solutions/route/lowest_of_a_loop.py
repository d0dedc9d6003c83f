"""The lowest MD5 wins, found in a loop."""

import hashlib


def route(session_id, nodes):
    best = None
    for node in nodes:
        score = int(hashlib.md5(node.encode() + b"\0" + session_id.encode()).hexdigest(), 16)
        if best is None or score < best[0]:
            best = (score, node)
    if best is None:
        raise ValueError("there is no node to choose")
    return best[1]
