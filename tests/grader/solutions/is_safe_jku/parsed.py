"""With urlsplit, after the text itself has been looked at; what it reads must give the same text again."""

import re
from urllib.parse import urlsplit


def is_safe_jku(url: object, allowed_origins: list[str]) -> bool:
    if not isinstance(url, str) or re.search(r"[^A-Za-z0-9._~%:/?=&\-]", url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme != "https" or not (url + "/").startswith(f"https://{parts.netloc}/"):
        return False
    netloc = parts.netloc
    if netloc.endswith(":443"):
        netloc = netloc[: -len(":443")]
    return any(origin == f"https://{netloc}" for origin in allowed_origins)
