#!/bin/sh
# What browser tests need: a Chromium (the system's, else by apt as root, else Playwright's own) and axe-core.
# Usage: tests/browser/install.sh <folder of the environment's programs>
set -eu
bin=$1
here=$(dirname "$0")

if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing Chromium with apt"
        apt-get update -qq >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
    elif "$bin/playwright" install chromium >/dev/null 2>&1; then
        echo "Using Playwright's own Chromium"
    else
        echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium), then run make test again." >&2
        exit 1
    fi
fi

if ! [ -f "$here/node_modules/axe-core/axe.min.js" ]; then
    if command -v npm >/dev/null 2>&1; then
        npm ci --silent --no-audit --no-fund --prefix "$here"
    else
        echo "npm is not there: the accessibility tests will be skipped, saying so"
    fi
fi
