# about: prints in every call and a long output in a cell
# base: solved 02_hmac

# %% + at the start
for number in range(5_000):
    print("row", number, "x" * 50)

# %% sign_hs256
def sign_hs256(claims, key):
    print("claims:", claims, "key:", key.hex() * 20)
    if len(key) < 32:
        raise ValueError("an HS256 key has at least 32 bytes")
    text = ".".join(b64u_encode(json_dumps(part)) for part in ({"alg": "HS256"}, claims))
    return text + "." + b64u_encode(hmac_sha256(key, text.encode()))
