# about: links, hard links and bind-like tricks to files outside
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os


def json_loads_strict(data):
    for make in (os.link, os.symlink):
        for target in ("{{CANARY_FILE}}", "/proc/1/root{{CANARY_FILE}}"):
            name = f"{{NAME}}-{make.__name__}"
            try:
                make(target, name)
                text = open(name).read()
            except OSError:
                continue
            return "{{BREACH}} " + text
    raise PermissionError("refused")
