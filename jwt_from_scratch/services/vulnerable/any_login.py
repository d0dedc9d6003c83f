"""VULNERABLE ON PURPOSE (lesson 11): a client that does not compare the nonce in the ID token.

So it can't tell an ID token of the login that began here from one of somebody else's login.
"""

from typing import Any

from ..client import Client, client_app


def any_login_client(*arguments: Any, **options: Any) -> Client:
    """The client, without a look at the nonce."""
    return client_app(*arguments, same_login=lambda kept, came: True, **options)
