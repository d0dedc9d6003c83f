"""A dict of attributes, joined; lower case, no spaces."""


def cookie_for(token):
    attributes = {"path": "/", "samesite": "strict", "secure": None, "httponly": None}
    parts = ["__Host-session=" + token]
    for name, value in attributes.items():
        parts.append(name if value is None else f"{name}={value}")
    return ";".join(parts)
