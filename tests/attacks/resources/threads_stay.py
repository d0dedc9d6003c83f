# about: threads that are no daemons keep the processor busy after the return
# base: solved 01_encoding
# score: at most 25

# %% json_loads_strict
import threading


def busy():
    while True:
        pass


def json_loads_strict(data):
    for _ in range(50):
        threading.Thread(target=busy).start()
    return {}
