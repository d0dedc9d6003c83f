"""Chapter 06: P-256 in whole numbers, ES256 verified by hand, a private key out of two signatures."""

from .ecdsa_verify import ecdsa_verify
from .point_add import point_add
from .recover_private_key import recover_private_key
from .scalar_mul import scalar_mul

EXERCISES = (point_add, scalar_mul, ecdsa_verify, recover_private_key)
