"""The default backend, a placeholder that is ignored."""


def default_backend():
    return None
