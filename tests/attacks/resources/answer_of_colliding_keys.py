# about: an answer with thousands of keys that all have one hash, so that a dict of them costs the square
# base: solved 01_encoding
# score: 15, json_loads_strict 0
# says: keys of one hash
# costs: much

# %% json_loads_strict
import sys


def json_loads_strict(data):
    return {number * sys.hash_info.modulus: number for number in range(4_900)}
