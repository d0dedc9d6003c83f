# about: a cell needs five seconds of a processor, which is a quarter of what it may take
# base: solved 01_encoding
# costs: much

# %% + before b64u_encode
import time

while time.process_time() < 5:
    pass
