# about: many calls take nearly as long as they may
# base: student 00_start_here
# score: at most 5
# seconds: 310
# costs: much

# %% split_token
import time


def split_token(token):
    if len(token) % 4 == 0:
        time.sleep(1.7)
    return ()
