# about: refusals by own exceptions that are ValueErrors, with causes and notes
# base: solved 01_encoding

# %% b64u_decode
class BadSpelling(ValueError):
    """My own kind."""


def b64u_decode(text):
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except Exception as error:
        error.add_note("seen by b64u_decode")
        raise BadSpelling(text) from error
    if b64u_encode(data) != text:
        raise BadSpelling(text)
    return data
