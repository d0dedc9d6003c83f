"""Sets: what is needed, and what there is."""


def granted(claims: dict) -> set:
    scope = claims.get("scope", "")
    return set(scope.split(" ")) if type(scope) is str else set()


def answer_for(claims, request, rules):
    wanted = request["method"] + " " + request["path"]
    named = wanted in rules
    if named and len(rules[wanted]) == 0:
        return 200
    if claims is None:
        return 401
    if not named or set(rules[wanted]) - granted(claims):
        return 403
    return 200
