#!/usr/bin/env bash
# Tests need three programs that no wheel has: Chromium, for pages, faketime, for clocks that are wrong, and newsboat, which
# reads feeds. Use those that are here, or install Debian's where we may; tests that lack theirs are skipped by name.
has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
has_faketime() { command -v faketime; } >/dev/null
has_newsboat() { command -v newsboat; } >/dev/null

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { has_chromium && has_faketime && has_newsboat; }; then
    missing=()
    has_chromium || missing+=(chromium)
    has_faketime || missing+=(faketime)
    has_newsboat || missing+=(newsboat)
    echo "Installing for the tests: ${missing[*]}"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1
fi
has_chromium || echo "There is no Chromium: the browser tests will be skipped."
has_faketime || echo "There is no faketime: the tests of a worker whose clock is wrong will be skipped."
has_newsboat || echo "There is no newsboat: the test of a feed reader will be skipped."
