#!/bin/sh
# Sees that Python can make virtual environments; a bare Debian keeps that in a package of its own.
set -eu

python=$1
if ! command -v "$python" >/dev/null 2>&1 || ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Python 3.11 or newer is needed, and $python is not: make PYTHON=python3.11 …" >&2
    exit 1
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Python cannot make virtual environments here. Install as root: apt-get install python3-venv" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q && apt-get install -q -y --no-install-recommends python3-venv
