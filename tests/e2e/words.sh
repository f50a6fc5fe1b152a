#!/bin/bash
# Every word of an answer comes from the documents, the registry or the program, whatever is asked. With a
# sanitizer every fifth question is asked.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

case $AUTOSPEC in *san/*) export WORDS_EVERY=5 ;; esac
python3 tests/e2e/words.py >"$OUT" 2>"$ERR" || cat "$ERR"
take_counts
check "no sanitizer spoke" bash -c '! grep -E "Sanitizer|runtime error" "$1" "$2"' - "$OUT" "$ERR"
finish
