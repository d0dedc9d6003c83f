# about: each call sleeps a little
# base: solved 01_encoding
# costs: much

# %% + at the start
import time

time.sleep(1)

# %% b64u_encode
def b64u_encode(data):
    time.sleep(0.02)
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
