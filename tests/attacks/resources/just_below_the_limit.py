# about: each call takes nearly as long as it may
# base: student 00_start_here
# score: at most 5
# seconds: 310
# costs: much

# %% split_token
import time


def split_token(token):
    time.sleep(1.7)
    return ()
