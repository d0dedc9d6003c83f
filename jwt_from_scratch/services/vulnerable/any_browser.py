"""VULNERABLE ON PURPOSE (lesson 11): a client that knows which logins have begun, but not in which browser.

It made the `state` itself, and finds it in its memory. But anybody can begin a login, and let another person's browser
complete it.
"""

from typing import Any

from ..client import Client, client_app


def any_browser_client(*arguments: Any, **options: Any) -> Client:
    """The client, which does not compare the state with the cookie's."""
    return client_app(*arguments, same_browser=lambda kept, came: True, **options)
