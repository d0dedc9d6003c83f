# about: values of every wrong type: 1 for True, 1.0 for 1, tuples for lists, memoryviews and bytearrays for bytes
# base: student 02_hmac
# score: 0

# %% hmac_sha256
def hmac_sha256(key, message):
    key = hashlib.sha256(key).digest() if len(key) > 64 else key
    key = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + message).digest()
    return bytearray(hashlib.sha256(bytes(b ^ 0x5C for b in key) + inner).digest())
