#!/bin/bash
# A few seconds of tests/load/load.py: many clients of all kinds at once, each answer compared with
# what it is alone. `make load` has 64 of them for 10 minutes.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
AUTOSPEC=$AUTOSPEC python3 tests/load/load.py --clients "${LOAD_CLIENTS:-16}" --seconds "${LOAD_SECONDS:-8}" \
    >"$OUT" 2>"$ERR"
STATUS=$?
grep -E '^[0-9]+ requests|^memory|^wrong' "$OUT" | sed 's/^/  /'
exits "each answer is what it is alone, and nothing breaks" 0
[ $STATUS -eq 0 ] || cut -c1-500 "$OUT"
finish
