#!/usr/bin/env bash
# Tests need two programs that no wheel has: Chromium, for pages, and faketime, for clocks that are wrong. Use those that
# are here, or install Debian's where we may; tests that lack theirs are skipped by name.
has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
has_faketime() { command -v faketime; } >/dev/null

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { has_chromium && has_faketime; }; then
    missing=()
    has_chromium || missing+=(chromium)
    has_faketime || missing+=(faketime)
    echo "Installing for the tests: ${missing[*]}"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1
fi
has_chromium || echo "There is no Chromium: the browser tests will be skipped."
has_faketime || echo "There is no faketime: the tests of a worker whose clock is wrong will be skipped."
