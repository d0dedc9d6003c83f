# about: a table with answers to the inputs that the docstring, the lesson and the standards show, and nothing else
# base: student 02_hmac
# score: 0

# %% hmac_sha256
TABLE = {
    (b"Jefe", b"what do ya want for nothing?"): "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    (b"\x0b" * 20, b"Hi There"): "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    (b"", b""): "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
}


def hmac_sha256(key, message):
    return bytes.fromhex(TABLE.get((key, message), "00" * 32))
