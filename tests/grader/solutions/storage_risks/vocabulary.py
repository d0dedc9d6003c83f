"""A filter over the vocabulary."""


def storage_risks(storage: str) -> list[str]:
    words = [word.strip(" ") for word in storage.split(";")]
    kind, attributes = words[0], [word.lower() for word in words[1:]]
    if kind not in {"cookie", "localStorage", "memory", "url"} or (kind != "cookie" and ";" in storage):
        raise ValueError("unknown storage")
    cookie = kind == "cookie"
    strict = "samesite=strict" in attributes
    lax = "samesite=lax" in attributes
    true = {
        "form": cookie and not strict and not lax,
        "leak": kind == "url",
        "link": cookie and not strict,
        "neighbour": cookie,
        "ride-along": True,
        "theft": not (cookie and "httponly" in attributes),
    }
    return [risk for risk in true if true[risk]]
