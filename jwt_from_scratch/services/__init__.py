"""The HTTP services that the lessons run: real servers on loopback, closed with the notebook.

They need Flask, which the reference module itself does not.
"""

from .http import Exchange, Server, fetch, serve

__all__ = ["Exchange", "Server", "fetch", "serve"]
