"""VULNERABLE ON PURPOSE (lesson 11): a client that knows which logins have begun, but not in which browser.

It made the `state` itself and it finds it in its memory. But anybody can begin a login, and have another one's browser
end it.
"""

from typing import Any

from ..client import Client, client_app


def any_browser_client(*arguments: Any, **options: Any) -> Client:
    """The client, without a look at the cookie that holds the state."""
    return client_app(*arguments, same_browser=lambda kept, came: True, **options)
