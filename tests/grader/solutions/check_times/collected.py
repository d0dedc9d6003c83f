"""All faults are collected before anything is raised."""


def faults(claims, now, leeway):
    rules = [
        ("exp", lambda t: t > now - leeway),
        ("nbf", lambda t: t <= now + leeway),
        ("iat", lambda t: t <= now + leeway),
    ]
    if not {"exp"} <= set(claims):
        yield "EXP is missing"
    for name, holds in rules:
        if name not in claims:
            continue
        value = claims[name]
        kind = str(type(value))
        if kind not in ("<class 'int'>", "<class 'float'>") or (kind == "<class 'float'>" and value - value != 0):
            yield f"{name} is no number"
        elif not holds(value):
            yield f"{name} = {value} does not fit now = {now}"


def check_times(claims: dict, now: float, leeway: float = 0) -> None:
    found = list(faults(claims, now, leeway))
    if found:
        raise ValueError("; ".join(found))
