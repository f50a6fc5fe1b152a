#!/bin/bash
# Hostile and broken documents of all kinds, on the command line and through the server (hostile.py).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

HELPER=${AUTOSPEC_PDF:-$(dirname "$AUTOSPEC")/autospec-pdf}
if [ ! -x "$HELPER" ]; then
    skip "PDF files: this build has no autospec-pdf"
    finish
fi
AUTOSPEC=$AUTOSPEC python3 tests/e2e/hostile.py "$SCRATCH" "$HELPER" >"$OUT" 2>&1
grep -q ' passed, ' "$OUT" || fail "hostile.py came to its end" "$(tail -n 5 "$OUT")"
take_counts
finish
