"""One line."""


def cookie_for(token: str) -> str:
    return f"__Host-token={token}; Path=/; Secure; HttpOnly; SameSite=Lax"
