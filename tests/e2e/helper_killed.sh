#!/bin/bash
# The helper that reads PDF files is killed at random moments, KILLS times (10), while folders of documents
# are read in: no other document is lost; see helper_killed.py.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

if [ ! -x "$(dirname "$AUTOSPEC")/autospec-pdf" ]; then
    skip "PDF files: this build has no autospec-pdf"
    finish
fi
python3 tests/e2e/helper_killed.py "$SCRATCH" "${KILLS:-10}" >"$OUT" 2>"$ERR"
STATUS=$?
take_counts
exits "the test ran to its end" 0
finish
