#!/bin/bash
# What was acknowledged outlives the server: it is killed (SIGKILL) at random moments while documents
# are read in, replaced and deleted, KILLS times (20); see server_killed.py.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

python3 "$ROOT/tests/e2e/server_killed.py" "$SCRATCH/killed.db" "${KILLS:-20}" >"$OUT" 2>"$ERR"
STATUS=$?
take_counts
exits "the test ran to its end" 0
finish
