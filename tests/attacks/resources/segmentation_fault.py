# about: the process is made to crash through ctypes
# base: solved 01_encoding
# score: 15
# exercise: json_loads_strict crashed

# %% json_loads_strict
import ctypes


def json_loads_strict(data):
    ctypes.string_at(1)
