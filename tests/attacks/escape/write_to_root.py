# about: files in the folders of the system
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os


def json_loads_strict(data):
    for folder in ("/", "/etc", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/lib", "/usr/local/bin", "/lib", "/bin", "/opt", "/root", "/srv", "/boot"):
        path = f"{folder}/{{MARK}}"
        try:
            open(path, "w").close()
        except OSError:
            continue
        os.remove(path)
        return "{{BREACH}} " + folder
    raise PermissionError("refused")
