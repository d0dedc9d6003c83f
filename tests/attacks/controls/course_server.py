# about: the course's own services, started in an extra cell, as the demonstrations do
# base: solved 02_hmac

# %% + before hmac_sha256
from jwt_from_scratch.services import fetch, serve
from jwt_from_scratch.services.login import login_app

with serve(login_app({"ada": ("engine", {"role": "customer"})})) as my_shop:
    answer = fetch(my_shop.url + "/login", json={"user": "ada", "password": "engine"})
MINE = answer.json["access_token"]

# %% hmac_sha256
def hmac_sha256(key, message):
    assert MINE.count(".") == 2
    key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in key) + inner).digest()
