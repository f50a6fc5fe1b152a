#!/bin/bash
# The page of `autospec serve` in a headless Chromium: tests/ui/test_page.py against a mock server,
# then tests/ui/test_served.py against the program. Needs chromium, chromium-driver and
# python3-selenium (`make deps-browser`); without them it counts as skipped.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Debian's Selenium belongs to Debian's Python, which need not be the first in PATH.
PYTHON=
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import selenium' 2>/dev/null; then PYTHON=$python; break; fi
done
if [ -z "$PYTHON" ] || ! command -v chromedriver >/dev/null ||
    ! command -v chromium >/dev/null; then
    skip "the page in a browser (make deps-browser installs what it needs)"
    finish
fi

# counted NAME ARG...: runs a test program and takes over its lines.
counted() {
    local name=$1 line total=
    shift
    "$PYTHON" "$@" >"$OUT" 2>&1
    while IFS= read -r line; do
        case $line in
        "ok - "*) pass "${line#ok - }" ;;
        "skipped - "*) skip "${line#skipped - }" ;;
        "not ok - "*) fail "${line#not ok - }" ;;
        *" passed, "*" failed") total=$line ;;
        *) echo "  $line" ;;
        esac
    done <"$OUT"
    [ -n "$total" ] || fail "$name ran to its end" "$(tail -n 5 "$OUT")"
}
export PYTHONDONTWRITEBYTECODE=1

# What does not depend on how the program was built is tested once: the mock, and each width.
case $AUTOSPEC in
*asan* | *tsan*)
    counted "the served page's tests" tests/ui/test_served.py "$AUTOSPEC" 1280 documents
    ;;
*)
    counted "the page's tests" tests/ui/test_page.py
    counted "the served page's tests" tests/ui/test_served.py "$AUTOSPEC"
    ;;
esac
finish
