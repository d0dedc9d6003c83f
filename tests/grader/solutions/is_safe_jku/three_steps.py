"""Characters, beginning, origin."""

import re


def is_safe_jku(url: object, allowed_origins: list[str]) -> bool:
    if not isinstance(url, str) or not re.fullmatch(r"[A-Za-z0-9._~%:/?=&-]+", url):
        return False
    if not url.startswith("https://"):
        return False
    host = url.removeprefix("https://").split("/")[0].removesuffix(":443")
    return "https://" + host in allowed_origins
