# about: setuid programs, setuid(0), capabilities and file capabilities
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os
import shutil


def json_loads_strict(data):
    status = open("/proc/self/status").read()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    if any(int(fields[name], 16) for name in ("CapEff", "CapPrm", "CapAmb")):
        return "{{BREACH}} capabilities " + fields["CapEff"]
    if fields["NoNewPrivs"] != "1":
        return "{{BREACH}} new privileges are possible"
    if os.getuid() == 0 or os.geteuid() == 0 or 0 in os.getgroups():
        return "{{BREACH}} root"
    for attempt in (os.setuid, os.setgid, lambda number: os.setresuid(number, number, number), lambda number: os.setgroups([number])):
        try:
            attempt(0)
        except OSError:
            continue
        return "{{BREACH}} identity"
    raise PermissionError("refused")
