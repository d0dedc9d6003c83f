# about: a coroutine and an awaitable are returned
# base: student 01_encoding
# score: 0

# %% b64u_encode
async def b64u_encode(data):
    return ""
