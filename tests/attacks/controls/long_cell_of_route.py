# about: the cell of a function that is asked in another process, too, measures something for longer than a call may take
# base: solved 09_sessions
# costs: much

# %% route
import time


def route(session_id: str, nodes: list[str]) -> str:
    if not nodes:
        raise ValueError("there is no node")
    return max(nodes, key=lambda node: hashlib.sha256(f"{session_id} {node}".encode()).digest())


until, routed = time.monotonic() + 3, 0
while time.monotonic() < until:
    route(str(routed), ["north", "south"])
    routed += 1
print(f"{routed / 3:,.0f} a second")
