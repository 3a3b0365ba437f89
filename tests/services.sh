#!/bin/sh
# Installs what the tests run for real: Chromium, MariaDB, Redis. Nothing is started here; the fixtures do that.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }

missing=""
[ -x /usr/sbin/mariadbd ] || has mariadbd || missing="$missing mariadb-server"
has redis-server || missing="$missing redis-server"
fc-list 2>/dev/null | grep -qi dejavu || missing="$missing fonts-dejavu-core fontconfig"
# The shell is the browser without its windows, which cost as much time as the pages in them. The whole browser does too.
has chromium-headless-shell || has chromium || missing="$missing chromium-headless-shell"

root=""
if [ "$(id -u)" = 0 ] && has apt-get; then root=yes; fi

if [ -n "$missing" ] && [ -z "$root" ]; then
    echo "The tests need these Debian packages, which are not installed:$missing" >&2
    echo "Install them as root: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
if [ -z "$missing" ] && { has chromium-headless-shell || [ -z "$root" ]; }; then exit 0; fi

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
install() { apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1; }
status=0
apt-get update >"$log" 2>&1 || true
if ! has chromium-headless-shell && ! install chromium-headless-shell; then
    missing=$(echo "$missing" | sed 's/chromium-headless-shell/chromium/') # an older Debian has only the whole one
fi
# shellcheck disable=SC2086
[ -z "$missing" ] || install $missing || status=$?
[ -z "$made" ] || rm -f "$policy"
[ "$status" = 0 ] || { tail -n 30 "$log" >&2; exit "$status"; }
rm -f "$log"
