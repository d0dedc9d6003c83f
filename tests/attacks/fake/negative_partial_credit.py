# about: check answers a negative number, which is below every limit
# base: student 01_encoding
# score: 0

# %% b64u_encode
def check(name):
    return -1
