"""Pattern matching on the headers; the Referer is parsed as a URL, and must be spelled as it was read."""

from urllib.parse import urlsplit


def csrf_ok(request: dict, trusted_origin: str) -> bool:
    lower = {name.lower(): value for name, value in request["headers"].items()}

    def origin_of(url: str) -> str:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" if url.startswith(f"{parts.scheme}://{parts.netloc}") else ""

    match lower:
        case _ if request["method"] in ("GET", "HEAD", "OPTIONS"):
            return True
        case {"authorization": value} if value[:7].lower() == "bearer " and len(value) > 7:
            return True
        case {"sec-fetch-site": site}:
            return site in {"same-origin", "none"}
        case {"origin": origin}:
            return origin == trusted_origin
        case {"referer": referer}:
            return origin_of(referer) == trusted_origin and referer[len(trusted_origin) :][:1] in ("", "/")
        case {"x-requested-with": _}:
            return True
    return False
