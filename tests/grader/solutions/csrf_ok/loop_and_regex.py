"""A helper that looks headers up, regular expressions for the rest."""

import re

SAFE = {"GET", "HEAD", "OPTIONS"}


def find(headers, wanted):
    for name in headers:
        if name.casefold() == wanted.casefold():
            return headers[name]
    return None


def csrf_ok(request, trusted_origin):
    headers = request["headers"]
    if request["method"] in SAFE:
        return True
    if re.fullmatch(r"bearer .+", find(headers, "Authorization") or "", re.IGNORECASE):
        return True
    site, origin, referer = (find(headers, name) for name in ("Sec-Fetch-Site", "Origin", "Referer"))
    if site is not None:
        return site == "same-origin" or site == "none"
    if origin is not None:
        return origin == trusted_origin
    if referer is not None:
        return re.match(re.escape(trusted_origin) + r"(/|$)", referer) is not None
    return find(headers, "X-Requested-With") is not None
