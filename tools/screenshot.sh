#!/bin/sh
# A page or picture as a PNG, and a page as it prints: what a reader sees, for a critical eye.
#   tools/screenshot.sh FILE.html|FILE.svg OUT.png [WIDTHxHEIGHT]
#   tools/screenshot.sh FILE.html OUT.pdf
# Needs chromium (Debian: apt-get install chromium) or $CHROMIUM. Opens no connection.
set -eu
[ $# -ge 2 ] || { sed -n '2,5p' "$0" >&2; exit 2; }
file=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
out=$2
size=$(printf '%s' "${3:-1440x2000}" | tr x ,)
for browser in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  [ -n "$browser" ] && command -v "$browser" >/dev/null 2>&1 && break
  browser=
done
[ -n "$browser" ] || { echo "screenshot.sh: no chromium found; install it or set CHROMIUM" >&2; exit 1; }
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
case $out in
  *.pdf) set -- --no-pdf-header-footer "--print-to-pdf=$out" ;;
  *) set -- "--screenshot=$out" "--window-size=$size" --hide-scrollbars ;;
esac
"$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync "--user-data-dir=$profile" "$@" "file://$file" 2>/dev/null
[ -s "$out" ] || { echo "screenshot.sh: $browser wrote nothing for $file" >&2; exit 1; }
