"""The differences from the results recorded before."""

from typing import Any


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """A line for each library that is new, missing or of another version, and for each case with another result."""
    found = []
    for name in {**before["libraries"], **now["libraries"]}:
        old, new = before["libraries"].get(name), now["libraries"].get(name)
        if old is None or new is None:
            found.append(f"{name}: {'is new' if old is None else now['not to be had'].get(name, 'is gone')}")
            continue
        if old["version"] != new["version"] and new["from"] != "here":
            found.append(f"{name}: version {old['version']} became {new['version']}")
        for case, said in new["results"].items():
            recorded = old["results"].get(case, "not asked")
            if recorded.partition(":")[0] != said.partition(":")[0]:
                found.append(f"{name}: {case}: {recorded[:70]!r} became {said[:70]!r}")
    return found


def lost(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """The libraries that were asked before and are not available now."""
    return [name for name in before["libraries"] if name not in now["libraries"]]
