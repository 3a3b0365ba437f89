#!/bin/sh
# Installs what the tests run for real: Chromium, MariaDB, Redis. Nothing is started here; the fixtures do that.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
[ -x /usr/sbin/mariadbd ] || command -v mariadbd >/dev/null 2>&1 || missing="$missing mariadb-server"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
fc-list 2>/dev/null | grep -qi dejavu || missing="$missing fonts-dejavu-core fontconfig"

[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need these Debian packages, which are not installed:$missing" >&2
    echo "Install them as root: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# A package must not start a server of its own on this machine.
policy=/usr/sbin/policy-rc.d
made=""
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    made=yes
fi
status=0
# shellcheck disable=SC2086
{ apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 || status=$?
[ -z "$made" ] || rm -f "$policy"
[ "$status" = 0 ] || { tail -n 30 "$log" >&2; exit "$status"; }
rm -f "$log"
