# about: encoding cookies and byte order marks in a cell
# base: solved 01_encoding
# score: at most 25

# %% + before b64u_encode
# -*- coding: utf-7 -*-
print("+AGE-")

# %% + before b64u_decode
# coding: rot13
cevag("uryyb")

# %% + before json_loads_strict
# coding: no-such-encoding
1
