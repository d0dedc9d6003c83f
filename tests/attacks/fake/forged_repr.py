# about: check answers an object whose picture is a list of texts
# base: student 01_encoding
# score: 0

# %% b64u_encode
class Picture:
    def _repr_mimebundle_(self, **options):
        return {"text/plain": ["5", "5"], "text/html": "<b>5 / 5</b>"}


def check(name):
    return Picture()
