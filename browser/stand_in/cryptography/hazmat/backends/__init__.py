"""There is one backend, and it is nothing."""


def default_backend():
    return None
