#!/bin/sh
# Makes sure that the page tests have a browser: the one on PATH, else Debian's Chromium (needs root).
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
if ! command -v apt-get >/dev/null 2>&1; then
    echo "No Chromium or Chrome on PATH, and no apt-get to install one: install Chromium and try again." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "No Chromium or Chrome on PATH: run 'apt-get install chromium' as root and try again." >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
echo "Installing Chromium for the page tests"
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
