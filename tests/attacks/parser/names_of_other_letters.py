# about: names that Python takes for the exercise's but that are written with other letters
# base: student 01_encoding
# score: 5

# %% b64u_encode
def ｂ64u_encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
