# about: the forbidden call is made inside `except BaseException`, several times over
# base: solved 02_hmac
# score: hmac_sha256 0
# exercise: hmac_sha256 forbidden

# %% hmac_sha256
def hmac_sha256(key, message):
    for attempt in range(10):
        try:
            return hmac.new(key, message, hashlib.sha256).digest()
        except BaseException:
            pass
    return hmac.digest(key, message, "sha256")
