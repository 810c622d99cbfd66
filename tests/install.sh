#!/bin/sh
# Makes sure that a program which the tests need is there: the one on PATH, else Debian's (needs root).
#   tests/install.sh browser | nginx | office
set -eu

case "${1:-}" in
    browser) programs="chromium chromium-browser google-chrome"; packages="chromium fonts-dejavu-core" ;;
    nginx) programs="nginx"; packages="nginx-light" ;;
    office) programs="soffice"; packages="libreoffice-writer libreoffice-calc fonts-liberation" ;;
    *) echo "usage: tests/install.sh browser | nginx | office" >&2; exit 2 ;;
esac
PATH="$PATH:/usr/sbin"
for program in $programs; do
    if command -v "$program" >/dev/null 2>&1; then
        exit 0
    fi
done
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    echo "The tests need one of: $programs. Install it (Debian: 'apt-get install $packages' as root), then try again." >&2
    exit 1
fi
echo "Installing $packages for the tests"
export DEBIAN_FRONTEND=noninteractive
# A package starts its server when it is installed; where there is no policy of the machine's, forbid it.
if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
apt-get install -y -qq --no-install-recommends $packages >/dev/null
