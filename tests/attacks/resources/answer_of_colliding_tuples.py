# about: the same with tuples, deep in a list
# base: solved 01_encoding
# score: 15, json_loads_strict 0
# says: keys of one hash

# %% json_loads_strict
import sys


def json_loads_strict(data):
    return [[{(number * sys.hash_info.modulus, (b"", None)): number for number in range(1_500)}]]
