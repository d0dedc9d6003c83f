#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: Python, bubblewrap, the pinned packages, the grader.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}
cd "$root/source"
export DEBIAN_FRONTEND=noninteractive

newest() {  # the name of a Python that is new enough, if there is one
    for name in python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            echo "$name"
            return
        fi
    done
}

apt-get update -qq
apt-get install -y -qq --no-install-recommends bubblewrap libseccomp2 python3 python3-venv
python=$(newest)
if [ -z "$python" ]; then  # an older Ubuntu, whose python3 is too old
    apt-get install -y -qq --no-install-recommends python3.11 python3.11-venv
    python=$(newest)
fi

"$python" -m venv "$root/environment"
pip=("$root/environment/bin/python" -m pip --disable-pip-version-check install --quiet)
"${pip[@]}" --require-hashes -r requirements.lock
"${pip[@]}" --no-deps --no-index ./*.whl
