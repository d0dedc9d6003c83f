# about: a number as a key that Python refuses to print, in an answer that is told by its differences
# base: solved 11_sso
# score: 13, token_endpoint 0
# exercise: token_endpoint failed

# %% token_endpoint
def token_endpoint(request, state, now):
    return {1 << 200_000: "x"}, {1 << 200_000: {}}
