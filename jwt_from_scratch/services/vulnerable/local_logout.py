"""VULNERABLE ON PURPOSE (lesson 11): a logout that ends only the client's session.

The client forgets its cookie. The session at the issuer goes on, and so does every refresh token.
"""

from typing import Any

from ..client import Client, client_app


def local_logout_client(*arguments: Any, **options: Any) -> Client:
    """The client, whose logout never reaches the issuer."""
    return client_app(*arguments, logout_everywhere=False, **options)
