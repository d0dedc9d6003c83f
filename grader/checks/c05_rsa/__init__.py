"""Chapter 05: RS256 from integers, a modulus recovered, and a public key taken for a secret."""

from .forge_confused import forge_confused
from .recover_modulus import recover_modulus
from .rsa_verify_pkcs1 import rsa_verify_pkcs1

EXERCISES = (rsa_verify_pkcs1, recover_modulus, forge_confused)
