# about: the returned value's members hang when they are thrown away
# base: solved 01_encoding
# score: at most 25
# costs: much

# %% json_loads_strict
class Hang:
    def __del__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


def json_loads_strict(data):
    return [Hang()]
