"""The command `jose` of the C library with that name."""

import json
import subprocess
import tempfile
from pathlib import Path

from driver import Beyond, pick, serve, unb64

KNOWN = subprocess.run(["jose", "alg"], capture_output=True, text=True, check=True).stdout.split()


def jose(*words):
    done = subprocess.run(["jose", "jws", *words], capture_output=True)
    if done.returncode:
        raise ValueError(f"exit {done.returncode} {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout


def read(case):
    if case["alg"] not in KNOWN:
        raise Beyond("alg " + case["alg"])
    if "b64false" in case["form"]:
        raise Beyond("form " + case["form"])
    _, key = pick(case, "jwk", "jwks")
    with tempfile.TemporaryDirectory() as folder:
        token, keys, payload = (Path(folder, name) for name in ("token", "keys", "payload"))
        token.write_text(case["token"])
        keys.write_text(json.dumps(key, ensure_ascii=False))
        payload.write_bytes(unb64(case["payload"]))
        apart = ["-I", str(payload)] if case["form"] == "detached" else []
        found = jose("ver", "-i", str(token), "-k", str(keys), *apart, "-O", "-")
    return unb64(case["payload"]) if apart else found


def mint(case):
    if case["date"] is not None:
        raise Beyond("a date type")
    _, key = pick(case, "jwk")
    with tempfile.TemporaryDirectory() as folder:
        payload, keys = Path(folder, "payload"), Path(folder, "keys")
        payload.write_text(json.dumps(case["mint"], ensure_ascii=False))
        keys.write_text(json.dumps(key))
        how = json.dumps({"protected": {"alg": case["alg"]}})
        return jose("sig", "-I", str(payload), "-k", str(keys), "-s", how, "-c", "-o", "-").decode().strip()


serve(read, mint)
