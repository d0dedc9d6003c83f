# about: answers nested as deep as they may be, in lists, tuples, keys and values in turn
# base: solved 11_sso
# score: 13, token_endpoint 0

# %% token_endpoint
def token_endpoint(request, state, now):
    value, key = "x", ()
    for number in range(60):
        value = [value] if number % 2 else {"x": value}
        key = (key,)
    return {"error": value}, {key: value}
