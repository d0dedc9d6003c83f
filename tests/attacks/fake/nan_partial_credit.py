# about: check answers NaN, which is neither above nor below any limit
# base: student 01_encoding
# score: 0

# %% b64u_encode
def check(name):
    return float("nan")
