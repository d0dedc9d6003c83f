# about: one step of the interpreter that takes hours, so that no signal handler runs
# base: solved 01_encoding
# score: 15
# exercise: json_loads_strict timed out | crashed
# costs: much

# %% json_loads_strict
def json_loads_strict(data):
    return sum(range(10**13))
