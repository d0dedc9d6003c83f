"""The seven rules, one after the other."""


def csrf_ok(request: dict, trusted_origin: str) -> bool:
    headers = {name.lower(): value for name, value in request["headers"].items()}
    if request["method"] in ("GET", "HEAD", "OPTIONS"):
        return True
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return True
    if "sec-fetch-site" in headers:
        return headers["sec-fetch-site"] in ("same-origin", "none")
    if "origin" in headers:
        return headers["origin"] == trusted_origin
    if "referer" in headers:
        referer = headers["referer"]
        return referer == trusted_origin or referer.startswith(trusted_origin + "/")
    return "x-requested-with" in headers
