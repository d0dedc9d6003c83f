"""Keys that take long to make are kept in pytest's cache folder, not in the user's."""

from interop import places

places.CACHE = places.REPO / ".pytest_cache" / "interop"  # before another module imports the name
