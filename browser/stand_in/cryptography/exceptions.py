"""Exceptions, with the real package's names."""


class InvalidSignature(Exception): ...


class InvalidTag(Exception): ...


class UnsupportedAlgorithm(Exception): ...


class InvalidKey(Exception): ...


class Unsupported:
    """Stands for a class of the real package that is not implemented here."""

    def __init__(self, *_, **__):
        raise UnsupportedAlgorithm("the browser edition does not have this part of cryptography")
