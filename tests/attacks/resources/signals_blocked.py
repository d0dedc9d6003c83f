# about: all signals are blocked, and the code waits
# base: solved 01_encoding
# score: 15
# exercise: json_loads_strict timed out | crashed
# costs: much

# %% json_loads_strict
import signal
import time


def json_loads_strict(data):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        time.sleep(1000)
