# about: a hundred thousand displays, with mime types of their own
# base: solved 01_encoding
# score: at most 25

# %% + at the end
from IPython.display import display

for number in range(20_000):
    display({"text/plain": "x", f"application/x-{number}": "y" * 100}, raw=True)
