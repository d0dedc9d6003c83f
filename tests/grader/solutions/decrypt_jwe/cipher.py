"""With Cipher and modes.GCM in place of AESGCM, and names for everything that is asked."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict


def checked_header(text, algs):
    header = json_loads_strict(text)
    if type(header) is not dict:
        raise ValueError("no object")
    for name in ("zip", "crit"):
        if name in header:
            raise ValueError(name)
    for name, known in (("alg", ["dir"]), ("enc", ["A128GCM", "A256GCM"])):
        if header.get(name) not in known or header[name] not in algs:
            raise ValueError(name)
    return header


def decrypt_jwe(token, key, algs):
    if len(token) > 16_384 or token.count(".") != 4:
        raise ValueError("form")
    segments = token.split(".")
    decoded = [b64u_decode(one) for one in segments]
    header = checked_header(decoded[0], algs)
    wanted = {1: 0, 2: 12, 4: 16}
    if any(len(decoded[place]) != size for place, size in wanted.items()):
        raise ValueError("size")
    if len(key) * 8 != int(header["enc"].removeprefix("A").removesuffix("GCM")):
        raise ValueError("key")
    worker = Cipher(algorithms.AES(key), modes.GCM(decoded[2], decoded[4])).decryptor()
    worker.authenticate_additional_data(segments[0].encode())
    try:
        return worker.update(decoded[3]) + worker.finalize()
    except InvalidTag as error:
        raise ValueError("tag") from error
