# about: every descriptor that was left open: files, folders, pipes, sockets
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os
import stat


def json_loads_strict(data):
    for name in os.listdir("/proc/self/fd"):
        try:
            what = os.readlink("/proc/self/fd/" + name)
            mode = os.fstat(int(name)).st_mode
        except OSError:
            continue
        if stat.S_ISDIR(mode) and not what.startswith("/proc/"):
            for inside in os.listdir(int(name)):
                if inside.endswith((".ipynb", ".db", ".md", ".key")):
                    return "{{BREACH}} " + what
        if stat.S_ISREG(mode) and what.endswith((".ipynb", ".db", ".json", ".csv", ".html")):
            return "{{BREACH}} " + what
    raise LookupError("no open file")
