# about: terminal sequences, bidirectional overrides and line breaks in answers and errors
# base: solved 01_encoding
# score: 10, b64u_encode 0, b64u_decode 0

# %% b64u_encode
def b64u_encode(data):
    return "\x1b[2J\x1b[31mPASSED\x1b[0m\r\n25/25 \u202e\u2066 \x00\x07\x9b1m"

# %% + at the end
raise RuntimeError("\x1b]0;owned\x07\x1b[2J\n25 of 25 points\n")
