#!/bin/bash
# A store whose file has changed on the disk: no page with other figures gives an answer; autospec check
# finds the damage and repairs the search index.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

STORE=$SCRATCH/sums.db
QUESTION="What is the horsepower of the 2023 Toyota Camry?"
run ingest --store "$STORE" "${SAMPLES[@]}"
run check --store "$STORE"
exits "a store that is whole passes" 0
run check --store "$SCRATCH/none.db"
one_error "a store that is not there is an error" 1 'no store there'
check "and is not made" test ! -e "$SCRATCH/none.db"
cp "$STORE" "$SCRATCH/whole.db"

# ---- where files may not grow ----

(ulimit -f 16; "$AUTOSPEC" ingest --store "$SCRATCH/limit.db" data/vehicles.csv >"$OUT" 2>"$ERR"; echo $? >"$SCRATCH/status")
STATUS=$(cat "$SCRATCH/status")
one_error "a limit on the size of files is an error, not a signal" 1 'limit.db'
# ---- what has changed on the disk ----

# Every digit of a page is made another one, one page after the other.
python3 - "$STORE" "$AUTOSPEC" "$QUESTION" >"$SCRATCH/pages" 2>"$ERR" <<'PYEND'
import re, subprocess, sys
path, program, question = sys.argv[1:]
data = open(path, "rb").read()
wrong = refused = tried = 0
for at in range(4096, len(data), 4096):
    page = data[at:at + 4088]
    if b"Camry" not in page and b"203" not in page:
        continue
    changed = re.sub(rb"[0-9]", lambda m: bytes([m[0][0] ^ 1]), page)
    open(path, "wb").write(data[:at] + changed + data[at + 4088:])
    r = subprocess.run([program, "ask", "--store", path, question], capture_output=True, text=True)
    tried += 1
    refused += r.returncode != 0 and "checksum" in r.stderr
    wrong += "hp" in r.stdout and "203 hp" not in r.stdout
print(wrong, refused, tried)
PYEND
read -r wrong refused tried <"$SCRATCH/pages"
check "no page with other figures gives another answer ($tried tried, $refused refused)" \
    test "$wrong" -eq 0 -a "$refused" -gt 0
cp "$SCRATCH/whole.db" "$STORE"

page_of() { # TABLE: the number of a page of it
    python3 -c 'import sqlite3, sys
query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? LIMIT 1"
for row in sqlite3.connect(sys.argv[1]).execute(query, (sys.argv[2], "leaf")):
    print(row[0])' "$SCRATCH/whole.db" "$1" 2>/dev/null
}
smudge() { # PAGE
    printf '\125\252' | dd of="$STORE" bs=1 seek=$((($1 - 1) * 4096 + 2048)) conv=notrunc status=none
}
PAGE=$(page_of chunks_fts_data)
if [ -z "$PAGE" ]; then
    skip "repairing: Python's sqlite3 has no dbstat"
    finish
fi
smudge "$PAGE"
run check --store "$STORE"
exits "damage of the search index is found" 1
says "and can be repaired" "$OUT" 'damaged: the search index, 1 of .*--repair'
run check --store "$STORE" --repair
exits "it is" 0
run check --store "$STORE" --json
check "then the store is whole" jq -e '.whole and .bad_pages == 0' "$OUT"
run ask --store "$STORE" "$QUESTION"
says "and answers as before" "$OUT" '203 hp'
cp "$SCRATCH/whole.db" "$STORE"
smudge "$(page_of fact_values)"
run check --store "$STORE" --repair
exits "damage of facts is not repaired" 1
says "but told" "$OUT" 'damaged: 1 of .*1 with what documents said \(fact_values\)'
finish
