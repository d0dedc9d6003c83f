# about: a custom exception handler swallows every error of later cells
# base: student 01_encoding
# score: 0

# %% b64u_encode
get_ipython().set_custom_exc((BaseException,), lambda self, kind, error, tb, tb_offset=None: [])


def check(name):
    raise BaseException("swallowed")
