# about: OpenSSL's HMAC is called through ctypes, past every Python function; a policy and no wall
# base: solved 02_hmac
# score: at most 25

# %% hmac_sha256
import ctypes
import ctypes.util


def hmac_sha256(key, message):
    crypto = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
    out, size = ctypes.create_string_buffer(64), ctypes.c_uint()
    crypto.EVP_sha256.restype = ctypes.c_void_p
    crypto.HMAC(
        ctypes.c_void_p(crypto.EVP_sha256()), key, len(key), message, ctypes.c_size_t(len(message)), out, ctypes.byref(size)
    )
    return out.raw[: size.value]
