#!/bin/bash
# An installed autospec works from its own place, and uninstall takes all of it away.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

root=$SCRATCH/root
place=(DESTDIR="$root" PREFIX=/opt/a)
built=$AUTOSPEC

check "make install succeeds" make_it install "${place[@]}"
check "the program is there" test -x "$root/opt/a/bin/autospec"
check "the man page is there and is one" sh -c "grep -q '^.Nm autospec' '$root/opt/a/share/man/man1/autospec.1'"
check "each file of the model is there" diff -r models/nano "$root/opt/a/share/autospec/models/nano"
check "the sample data is there" test -s "$root/opt/a/share/autospec/data/vehicles.csv"

# The repository's own models folder must not be what is found: copy the lot to another place.
mv "$root/opt/a" "$SCRATCH/elsewhere"
AUTOSPEC=$SCRATCH/elsewhere/bin/autospec
cd "$SCRATCH" || exit 1
run info --json
check "the installed program finds its model wherever it was put" \
    jq -e --arg dir "$SCRATCH/elsewhere/share/autospec/models/nano" '.folder == $dir' "$OUT"
run ingest "$SCRATCH/elsewhere/share/autospec/data"
exits "it reads its sample data" 0
run ask 'What is the horsepower of the 2023 Toyota Camry?'
says "and answers from them" "$OUT" '203'

cd "$ROOT" || exit 1
AUTOSPEC=$built
check "make install again" make_it install "${place[@]}"
check "make uninstall succeeds" make_it uninstall "${place[@]}"
check "and leaves no file behind" test -z "$(find "$root" ! -type d)"
check "nor a folder of its own" test -z "$(find "$root" -name 'autospec*')"

finish
