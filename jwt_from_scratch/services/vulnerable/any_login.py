"""VULNERABLE ON PURPOSE (lesson 11): a client that does not compare the nonce in the ID token.

So it can't tell whether an ID token comes from the login that began here or from somebody else's.
"""

from typing import Any

from ..client import Client, client_app


def any_login_client(*arguments: Any, **options: Any) -> Client:
    """The client, which does not compare the nonce."""
    return client_app(*arguments, same_login=lambda kept, came: True, **options)
