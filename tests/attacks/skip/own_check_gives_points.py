# about: a function called check answers with the maximum, as if it were partial credit
# base: student 01_encoding
# score: 0

# %% b64u_encode
def check(name):
    return {"b64u_encode": 5, "b64u_decode": 10, "json_loads_strict": 10}[name]
