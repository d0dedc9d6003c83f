#!/bin/bash
# oxyjwt 0.9.0 (PyPI) and @node-rs/jsonwebtoken 0.5.11 (npm) read one fraction in nine as another number, with the signature right.
#
# A number in JSON may be as precise as a double (RFC 8259 §6), and it takes up to 17 digits to tell one double from the next. Both
# packages are Rust, and have their JSON read by serde_json without its feature float_roundtrip; then a number of 16 or 17
# digits may come out as its neighbour (its issue 707). So ten right of eleven are not 10 / 11 any more, time.time() is another
# time, and what oxyjwt encodes it does not decode to the same. Up to 15 digits all is well. oxyjwt says that it is a drop-in
# replacement for PyJWT, which reads every one of them.
#
# Seen with Python 3.11 and Node 20 (each number is written as Python writes it):
#   0.9090909090909091 (10 / 11): PyJWT same, oxyjwt 0.9090909090909092, @node-rs/jsonwebtoken 0.9090909090909092
#   1774857200.3144717 (a time): PyJWT same, oxyjwt 1774857200.3144715, @node-rs/jsonwebtoken 1774857200.3144715
#   10.709999999999999 (9 * 1.19): PyJWT same, oxyjwt 10.71, @node-rs/jsonwebtoken 10.71
#   0.333333333333333 (15 digits): PyJWT same, oxyjwt same, @node-rs/jsonwebtoken same
#   9,000 between 0 and 1: PyJWT 0 others, oxyjwt 981 others, @node-rs/jsonwebtoken 981 others
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check oxyjwt==0.9.0 PyJWT==2.15.1
npm install --silent --no-audit --no-fund --ignore-scripts --cache "$dir/cache" --prefix "$dir" @node-rs/jsonwebtoken@0.5.11
cat > "$dir/read.mjs" <<'JS'
import { verifySync } from "@node-rs/jsonwebtoken";

process.stdout.write(JSON.stringify(verifySync(process.argv[2], process.argv[3]).n));
JS
cat > "$dir/see.py" <<'PY'
import json
import random
import subprocess
import sys

import jwt
import oxyjwt

SECRET = "a secret of thirty-two characters"
GIVEN = {10 / 11: "10 / 11", 1774857200.3144717: "a time", 9 * 1.19: "9 * 1.19", 0.333333333333333: "15 digits"}
random.seed(1)
MANY = [random.random() for _ in range(9000)]


def by_node(token):
    return json.loads(subprocess.run(["node", sys.argv[1], token, SECRET], check=True, capture_output=True).stdout)


READERS = {
    "PyJWT": lambda token: jwt.decode(token, SECRET, algorithms=["HS256"])["n"],
    "oxyjwt": lambda token: oxyjwt.decode(token, SECRET, algorithms=["HS256"])["n"],
    "@node-rs/jsonwebtoken": by_node,
}


def read(numbers):
    """What each reader makes of a token with these numbers; the token is short enough for a command's argument."""
    token = jwt.encode({"exp": 4102444800, "n": numbers}, SECRET, algorithm="HS256")
    return {name: reader(token) for name, reader in READERS.items()}


for row, (number, note) in enumerate(GIVEN.items()):
    found = {name: numbers[row] for name, numbers in read(list(GIVEN)).items()}
    said = (f"{name} {'same' if value == number else value}" for name, value in found.items())
    print(f"{number} ({note}): {', '.join(said)}")
others = dict.fromkeys(READERS, 0)
for start in range(0, len(MANY), 3000):
    numbers = MANY[start : start + 3000]
    for name, values in read(numbers).items():
        others[name] += sum(value != number for value, number in zip(values, numbers, strict=True))
print("9,000 between 0 and 1: " + ", ".join(f"{name} {count} others" for name, count in others.items()))
PY
seen=$("$dir/env/bin/python" "$dir/see.py" "$dir/read.mjs" 2> "$dir/errors") || { cat "$dir/errors"; exit 1; }
printf '%s\n' "$seen"
[ "$seen" = "0.9090909090909091 (10 / 11): PyJWT same, oxyjwt 0.9090909090909092, @node-rs/jsonwebtoken 0.9090909090909092
1774857200.3144717 (a time): PyJWT same, oxyjwt 1774857200.3144715, @node-rs/jsonwebtoken 1774857200.3144715
10.709999999999999 (9 * 1.19): PyJWT same, oxyjwt 10.71, @node-rs/jsonwebtoken 10.71
0.333333333333333 (15 digits): PyJWT same, oxyjwt same, @node-rs/jsonwebtoken same
9,000 between 0 and 1: PyJWT 0 others, oxyjwt 981 others, @node-rs/jsonwebtoken 981 others" ]
