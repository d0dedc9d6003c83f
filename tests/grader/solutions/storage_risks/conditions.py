"""One condition for each risk."""


def storage_risks(storage: str) -> list[str]:
    kind, *attributes = [part.strip().lower() if i else part.strip() for i, part in enumerate(storage.split(";"))]
    if kind not in ("cookie", "localStorage", "memory", "url") or (attributes and kind != "cookie"):
        raise ValueError(f"no such storage: {kind}")
    risks = ["ride-along"]
    if kind == "url":
        risks.append("leak")
    if kind != "cookie" or "httponly" not in attributes:
        risks.append("theft")
    if kind == "cookie":
        risks.append("neighbour")
        if "samesite=strict" not in attributes:
            risks.append("link")
            if "samesite=lax" not in attributes:
                risks.append("form")
    return sorted(risks)
