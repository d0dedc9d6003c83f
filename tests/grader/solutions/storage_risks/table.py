"""A table of the three simple ones, and sets for cookies."""

SIMPLE = {
    "localStorage": ["ride-along", "theft"],
    "memory": ["ride-along", "theft"],
    "url": ["leak", "ride-along", "theft"],
}


def storage_risks(storage):
    if storage in SIMPLE:
        return list(SIMPLE[storage])
    first, *rest = storage.split(";")
    if first.strip() != "cookie":
        raise ValueError(storage)
    said = {}
    for part in rest:
        name, _, value = part.partition("=")
        said[name.strip().lower()] = value.strip().lower()
    risks = {"form", "link", "neighbour", "ride-along", "theft"}
    if "httponly" in said:
        risks -= {"theft"}
    if said.get("samesite") == "lax":
        risks -= {"form"}
    elif said.get("samesite") == "strict":
        risks -= {"form", "link"}
    return sorted(risks)
