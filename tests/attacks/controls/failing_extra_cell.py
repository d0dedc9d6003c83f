# about: extra cells that fail, before and between
# base: solved 01_encoding

# %% + at the start
1 / 0

# %% + before b64u_decode
print(undefined_name)

# %% + before json_loads_strict
this is not Python
