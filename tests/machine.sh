#!/bin/sh
# Sees to it that the machine has the programs the tests drive. Installs what is missing where that
# is possible (Debian, as root); elsewhere says exactly what is missing, and the tests that need it
# count as skipped with that reason.
#
#     sh tests/machine.sh [PACKAGE ...]     default: everything `make test` needs
set -eu

program() {
    case $1 in
        nodejs) echo node ;;
        postgresql) echo pg_createcluster ;;
        python3-venv) echo missing-venv ;;
        fuse3) echo fusermount3 ;;
        iproute2) echo tc ;;
        *) echo "$1" ;;
    esac
}

# The second line is what tests/faults does to a machine: power cuts, clocks, disks, networks.
everything="chromium chromium-headless-shell nodejs postgresql redis-server
    fuse3 faketime strace iptables iproute2"
missing=""
for package in "${@:-$everything}"; do
    for one in $package; do
        command -v "$(program "$one")" > /dev/null 2>&1 || missing="$missing $one"
    done
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null 2>&1; then
    echo "setup: installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q > /dev/null
    # shellcheck disable=SC2086 - a list of package names
    apt-get install -q -y --no-install-recommends $missing > /dev/null
else
    echo "setup: please install these Debian packages:$missing" >&2
fi
