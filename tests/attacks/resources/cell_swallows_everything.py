# about: a solution cell that never ends and swallows every exception
# base: solved 01_encoding
# score: 15
# costs: much

# %% json_loads_strict
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
