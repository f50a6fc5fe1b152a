#!/bin/bash
# The README's commands print what it shows, on a fresh store; `scripts/readme_blocks.py` writes it anew.
# The curl examples are server_readme.sh's. And docs/ARCHITECTURE.md is true to the tree.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

AUTOSPEC=$AUTOSPEC python3 scripts/readme_blocks.py --check >"$OUT" 2>"$ERR"
STATUS=$?
check "the README's commands were run" test "$STATUS" -le 1
check "several of them" test "$(grep -c '^ok - README: \|^not ok - README: ' "$OUT")" -ge 8
check "without errors of the script" test ! -s "$ERR"
take_counts

# The questions that it gives as examples of each kind, on the sample data.
run ingest data
exits "the sample data is read" 0
awk '/^\| kind \| for example/ { on = 1 } !/^\|/ { on = 0 } on && !/^\| follow-up/' README.md |
    grep -oE '"[^"]+"' | tr -d '"' >"$SCRATCH/questions"
check "the README has examples of questions" test "$(grep -c '' "$SCRATCH/questions")" -ge 8
while read -r question; do
    run ask --json "$question"
    check "$question" jq -e '.status == "found" or .status == "several"' "$OUT"
done <"$SCRATCH/questions"

for path in $(grep -oE '\]\((docs|data|bench|training|include|examples|python|deploy|registry)/[^)#]*' README.md | cut -c3-); do
    check "README's link to $path leads somewhere" test -e "$path"
done

# docs/ARCHITECTURE.md: its folders are those of src, none includes one below it, and what it names is there.
grep -oE '^\| `src/[a-z]+`' docs/ARCHITECTURE.md | tr -d '|` ' >"$SCRATCH/listed"
check "ARCHITECTURE.md lists the folders of src" bash -c "sort '$SCRATCH/listed' | diff - <(ls -d src/* | sort)"
grep -rHoE '^#include "[a-z]+/' src --include='*.c' --include='*.h' |
    sed -E 's,^src/([a-z]+)/.*"([a-z]+)/$,src/\1 src/\2,' | sort -u |
    awk 'NR == FNR { at[$1] = NR; next } at[$2] > at[$1] { print $1 " includes " $2 }' \
        "$SCRATCH/listed" - >"$SCRATCH/upwards"
check "no folder includes one below it in that list: $(tr '\n' ';' <"$SCRATCH/upwards")" \
    test ! -s "$SCRATCH/upwards"
grep -oE '`[a-z]+_[a-z_]+`' docs/ARCHITECTURE.md | tr -d '`' | sort -u | while read -r name; do
    grep -rqE "(^|[ *])$name(\(|;| \{)" src --include='*.h' || echo "$name"
done >"$SCRATCH/unknown"
check "the functions that it names are there: $(tr '\n' ' ' <"$SCRATCH/unknown")" test ! -s "$SCRATCH/unknown"
finish
