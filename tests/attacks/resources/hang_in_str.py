# about: the text of an exception never ends, after the time limit of the call
# base: solved 01_encoding
# score: 15
# costs: much

# %% json_loads_strict
class Slow(Exception):
    def __str__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass

    __repr__ = __str__


def json_loads_strict(data):
    raise Slow
