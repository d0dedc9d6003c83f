# about: named tuples, enumerations and ordered dicts are returned, and a file is made and read in a call
# base: solved 00_start_here

# %% split_token
import collections
import enum
import tempfile
from typing import NamedTuple


class Parts(NamedTuple):
    header: dict
    payload: dict
    signature: bytes


def split_token(token):
    header, payload, signature = token.split(".")
    with tempfile.TemporaryFile() as file:
        file.write(from_base64url(signature))
        file.seek(0)
        header, payload = (json.loads(from_base64url(part)) for part in (header, payload))
        return Parts(collections.OrderedDict(header), collections.defaultdict(int, payload), file.read())
