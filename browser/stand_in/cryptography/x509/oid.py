"""Object identifiers of the attributes in names."""


class NameOID:
    COMMON_NAME = (2, 5, 4, 3)
