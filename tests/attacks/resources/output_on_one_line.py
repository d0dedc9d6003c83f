# about: 20 MB on one line, while a cell runs
# base: solved 01_encoding
# score: 25

# %% + at the end
print("x" * 20_000_000)
