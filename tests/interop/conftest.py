"""Keys that take long to make are kept with the tests' other files, not in the cache of whoever runs them."""

from interop import places

places.CACHE = places.REPO / ".pytest_cache" / "interop"  # before anything imports it from there
