# about: __signature__, __wrapped__ and __call__ lie about the arguments, and reading them hurts
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
import inspect


class Strange:
    @property
    def __signature__(self):
        raise KeyboardInterrupt("from the signature")

    @property
    def __wrapped__(self):
        return self

    def __call__(self, *args):
        raise MemoryError("from the call")

    def __getattr__(self, name):
        raise RecursionError(name)


json_loads_strict = Strange()
