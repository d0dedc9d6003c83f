"""Try it, and let what goes wrong be a no."""

import hmac


def is_bound(claims, thumbprint):
    try:
        jkt = dict.__getitem__(claims["cnf"], "jkt")
        return hmac.compare_digest(jkt.encode(), thumbprint.encode())
    except (KeyError, TypeError, AttributeError):
        return False
