# about: check answers infinity, which is more than the maximum
# base: student 01_encoding
# score: 0

# %% b64u_encode
def check(name):
    return float("inf")
