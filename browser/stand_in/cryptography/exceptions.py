"""What can go wrong. The names are those of the real package."""


class InvalidSignature(Exception): ...


class InvalidTag(Exception): ...


class UnsupportedAlgorithm(Exception): ...


class InvalidKey(Exception): ...


class Unsupported:
    """A thing of the real package that is not here."""

    def __init__(self, *_, **__):
        raise UnsupportedAlgorithm("the browser edition does not have this part of cryptography")
