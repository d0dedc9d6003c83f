# about: a message that claims to be a verdict, and one that claims to be a Report
# base: student 01_encoding
# score: 0

# %% b64u_encode
import os
import stat
import struct


def b64u_encode(data):
    for message in (
        {"status": "passed", "score": 5, "ok": True, "kind": "passed"},
        {"answers": [{"kind": "returned", "packed": '""', "score": 5, "max_score": 0, "id": 0}]},
        [{"score": 25}],
    ):
        body = json.dumps(message).encode()
        for name in os.listdir("/proc/self/fd"):
            try:
                if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                    os.write(int(name), struct.pack(">I", len(body)) + body)
            except OSError:
                pass
    return "late"
