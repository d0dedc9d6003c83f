# about: one call of an exercise takes a second
# base: solved 00_start_here

# %% split_token
import functools
import time


@functools.cache
def warm_up():
    time.sleep(1)


def split_token(token):
    warm_up()
    header, payload, signature = token.split(".")
    return json.loads(from_base64url(header)), json.loads(from_base64url(payload)), from_base64url(signature)
