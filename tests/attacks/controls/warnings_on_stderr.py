# about: warnings, logging and prints on stderr from cells and functions
# base: solved 01_encoding

# %% + at the start
import logging
import sys
import warnings

warnings.warn("from a cell")
logging.basicConfig()
logging.warning("from a cell")
print("from a cell", file=sys.stderr)

# %% b64u_encode
def b64u_encode(data: bytes) -> str:
    warnings.warn("careful")
    logging.getLogger(__name__).error("careful")
    print("careful", file=sys.stderr)
    print(f"called with {data!r}")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
