"""Chapter 07: Ed25519 with keys that OpenSSL should not have let in; one key, one algorithm, and which one."""

from .choose_algorithm import choose_algorithm
from .verify_ed25519 import verify_ed25519

EXERCISES = (verify_ed25519, choose_algorithm)
