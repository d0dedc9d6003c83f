# about: a default value whose picture never ends, in a function that takes too few arguments
# base: solved 01_encoding
# score: 15, json_loads_strict 0
# costs: much

# %% json_loads_strict
class Slow:
    def __repr__(self):
        while True:
            pass


def json_loads_strict(*, data=Slow()):
    return data
