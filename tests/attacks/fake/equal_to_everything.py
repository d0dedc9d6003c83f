# about: a str that is equal to everything
# base: student 01_encoding
# score: 0

# %% b64u_encode
class Yes(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = str.__hash__


def b64u_encode(data):
    return Yes("yes")
