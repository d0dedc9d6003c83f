# about: a regular expression that backtracks for ever
# base: solved 01_encoding
# score: 15
# exercise: json_loads_strict timed out | crashed

# %% json_loads_strict
import re


def json_loads_strict(data):
    return re.fullmatch(r"(a|a|aa)+$", "a" * 60 + "b")
