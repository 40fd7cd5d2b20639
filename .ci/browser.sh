#!/usr/bin/env bash
# The tests that need a browser. Installs Debian's Chromium when it is missing and may be installed; otherwise says so and leaves them out.
set -euo pipefail
cd "$(dirname "$0")/.."

browser="${CHROMIUM:-/usr/bin/chromium}"
if [ ! -x "$browser" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Browser: installing Debian's chromium"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 || true
fi
if [ ! -x "$browser" ]; then
  echo "Browser: none at $browser and none could be installed; the browser tests were NOT run."
  exit 0
fi
npm run --silent test:browser
