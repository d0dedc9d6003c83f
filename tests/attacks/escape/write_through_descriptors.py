# about: files and folders are opened again for writing through /proc/self/fd and /proc/self/map_files
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import glob
import os
import stat


def json_loads_strict(data):
    own = (os.getcwd(), os.path.expanduser("~"), "/tmp", "/dev/", "/proc/")
    for path in glob.glob("/proc/*/fd/*") + glob.glob("/proc/self/map_files/*") + ["/proc/self/exe", "/proc/1/exe"]:
        try:
            target = os.readlink(path)
            if target.startswith(own) or not stat.S_ISREG(os.stat(path).st_mode):
                continue
            os.close(os.open(path, os.O_WRONLY))
        except OSError:
            continue
        return "{{BREACH}} " + target
    raise PermissionError("nothing to write to")
