#!/bin/bash
# autospec serve among clients that mean harm; see server_hostile.py.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

run ingest "${SAMPLES[@]}"
exits "the samples are read" 0
python3 "$ROOT/tests/e2e/server_hostile.py" >"$OUT" 2>"$ERR"
STATUS=$?
take_counts
exits "the test ran to its end" 0
finish
