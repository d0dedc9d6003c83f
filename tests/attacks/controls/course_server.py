# about: the lesson's own server, started in an extra cell, as its demonstrations do
# base: solved 00_start_here

# %% + before split_token
from jwt_from_scratch.services import fetch, serve
from jwt_from_scratch.services.login import login_app

with serve(login_app({"ada": ("engine", {"role": "customer"})})) as my_shop:
    answer = fetch(my_shop.url + "/login", json={"user": "ada", "password": "engine"})
MINE = answer.json["access_token"]

# %% split_token
def split_token(token):
    assert MINE.count(".") == 2
    header, payload, signature = token.split(".")
    return json.loads(from_base64url(header)), json.loads(from_base64url(payload)), from_base64url(signature)
