#!/bin/bash
# autospec serve over a store that is locked or read only; see server_store.py.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

export AUTOSPEC_STORE=$SCRATCH/own/store.db
run ingest "${SAMPLES[@]}"
exits "the samples are read" 0
python3 "$ROOT/tests/e2e/server_store.py" >"$OUT" 2>"$ERR"
STATUS=$?
take_counts
exits "the test ran to its end" 0
finish
