"""k eliminated on paper: d = (s₂·e₁ - s₁·e₂) / (r·(s₁ - s₂)); the given arithmetic confirms."""

from hashlib import sha256

from jwt_from_scratch.services.p256 import G, N, scalar_mul


def recover_private_key(public, m1, sig1, m2, sig2) -> int:
    if m1 == m2 or sig1[:32] != sig2[:32]:
        raise ValueError("nothing repeats here")
    r, s1, s2 = (int.from_bytes(part, "big") for part in (sig1[:32], sig1[32:], sig2[32:]))
    e1, e2 = (int(sha256(m).hexdigest(), 16) for m in (m1, m2))
    bottom = r * (s1 - s2) % N
    if bottom == 0:
        raise ValueError("no inverse")
    d = (s2 * e1 - s1 * e2) * pow(bottom, N - 2, N) % N
    if d and scalar_mul(d, G) == public:
        return d
    raise ValueError("it does not fit the public point")
