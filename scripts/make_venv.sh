#!/usr/bin/env bash
# make_venv.sh REQUIREMENTS STAMP: a virtual environment with exactly these packages; the stamp says that it is whole.
set -euo pipefail
requirements=$1 stamp=$2

find_python() {
    for name in python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" >/dev/null &&
            "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "Python 3.11 or later with its venv module is needed; install it (on Debian: python3 and python3-venv)." >&2
    exit 1
}

if ! { .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' && .venv/bin/pip --version; } >/dev/null 2>&1; then
    echo "Making the virtual environment .venv"
    rm -rf .venv
    "$(find_python)" -m venv .venv
fi
echo "Installing the packages of $requirements (once)"
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements" ||
    { echo "The packages could not be installed: see above. Run this again when the network or the disk is back." >&2; exit 1; }
touch "$stamp"
