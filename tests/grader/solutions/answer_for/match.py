"""Patterns for who asks, and a loop over what is needed."""


def answer_for(claims, request, rules):
    try:
        needs = list(rules["{method} {path}".format(**request)])
    except KeyError:
        return 401 if claims is None else 403
    match claims:
        case _ if not needs:
            return 200
        case None:
            return 401
        case {"scope": str(scope)}:
            padded = f" {scope} "
            for name in needs:
                if f" {name} " not in padded:
                    return 403
            return 200
    return 403
