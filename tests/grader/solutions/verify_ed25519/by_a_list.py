"""No curve arithmetic: the five y coordinates of the eight points, and y below p; everything in one try."""

from cryptography.hazmat.primitives.asymmetric import ed25519

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict

P = 2**255 - 19
SMALL = {
    0,
    1,
    P - 1,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
}


def signed_by(token, jwk):
    assert (jwk["kty"], jwk["crv"]) == ("OKP", "Ed25519")
    assert jwk.get("alg", "EdDSA") in ("EdDSA", "Ed25519")
    raw = b64u_decode(jwk["x"])
    y = int.from_bytes(raw, "little") & ~(1 << 255)
    assert len(raw) == 32
    assert y < P
    assert y not in SMALL
    signing_input, _, seal = token.rpartition(".")
    head, body = map(b64u_decode, signing_input.split("."))
    header = json_loads_strict(head)
    assert type(header) is dict
    assert not {"crit", "b64"} & set(header)
    assert header["alg"] in ("EdDSA", "Ed25519")
    assert header["alg"] == jwk.get("alg", header["alg"])
    ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(b64u_decode(seal), signing_input.encode())
    claims = json_loads_strict(body)
    assert type(claims) is dict
    return claims


def verify_ed25519(token, jwk):
    try:
        return signed_by(token, jwk)
    except Exception as error:
        raise ValueError(f"refused: {error!r}") from error
