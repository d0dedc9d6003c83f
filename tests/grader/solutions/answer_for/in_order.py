"""The questions in the order of the rules."""


def answer_for(claims: dict | None, request: dict, rules: dict) -> int:
    needs = rules.get(f"{request['method']} {request['path']}")
    if needs == []:
        return 200
    if claims is None:
        return 401
    if needs is None:
        return 403
    scope = claims.get("scope")
    names = scope.split(" ") if isinstance(scope, str) else []
    return 200 if all(one in names for one in needs) else 403
