from base64 import urlsafe_b64encode
from hashlib import sha256


def pkce_pair(random):
    def text(data):
        return urlsafe_b64encode(data).rstrip(b"=")

    verifier = text(random)
    if len(verifier) not in range(43, 129):
        raise ValueError(len(verifier))
    return verifier.decode(), text(sha256(verifier).digest()).decode()
