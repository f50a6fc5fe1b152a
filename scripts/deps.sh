#!/bin/sh
# Installs the Debian packages that are missing, by name:
# `sh scripts/deps.sh demo|check|fuzz|lint|browser`.
# Silent and quick when all are there. Without root and without sudo it prints the one line that
# would do it and stops.
set -eu

# The one place where packages are listed.
BUILD_PACKAGES="gcc make libc6-dev pkg-config libjansson-dev libsqlite3-dev libpcre2-dev
                libutf8proc-dev libxxhash-dev libcurl4-openssl-dev libssl-dev libxml2-dev
                libmd4c-dev libzip-dev
                libmicrohttpd-dev
                libpoppler-glib-dev poppler-data libseccomp-dev libleptonica-dev libtesseract-dev"
CHECK_PACKAGES="libcmocka-dev jq python3 python3-venv xz-utils curl python3-jsonschema tesseract-ocr-eng"
BROWSER_PACKAGES="chromium chromium-driver python3-selenium" # about 400 MB: not part of check

case "${1:-}" in
demo) wanted=$BUILD_PACKAGES ;;
check) wanted="$BUILD_PACKAGES $CHECK_PACKAGES" ;;
fuzz) wanted="$BUILD_PACKAGES clang" ;;
lint) wanted="$BUILD_PACKAGES $CHECK_PACKAGES clang clang-format" ;;
browser) wanted=$BROWSER_PACKAGES ;;
*)
    echo "usage: $0 demo|check|fuzz|lint|browser" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
    # Not Debian: the build itself says what it does not find.
    exit 0
fi

# shellcheck disable=SC2086 # a list of words
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
    sed -n 's/ installed$//p')
missing=
for package in $wanted; do
    case "
$installed
" in
    *"
$package
"*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

line="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    root=
elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    root=sudo
else
    echo "autospec: Debian packages are missing, and without root or sudo they cannot be" >&2
    echo "installed from here. Please run this as root, then try again:" >&2
    echo "  $line" >&2
    exit 1
fi

echo "autospec: installing the Debian packages that are missing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A fresh system has no package lists yet. An update that fails matters only if the install does.
$root apt-get update -qq >"$log" 2>&1 || true
# shellcheck disable=SC2086
if ! $root $line -qq >>"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "autospec: the packages could not be installed; what was tried: $line" >&2
    exit 1
fi
