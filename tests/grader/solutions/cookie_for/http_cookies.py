"""With the standard library's cookies."""

from http.cookies import SimpleCookie


def cookie_for(token: str) -> str:
    jar = SimpleCookie()
    jar["__Host-jwt"] = token
    jar["__Host-jwt"].update({"path": "/", "secure": True, "httponly": True, "samesite": "Strict", "max-age": 900})
    return jar["__Host-jwt"].OutputString()
