#!/bin/bash
# Reading folders as people have them: on several cores, again after a stop, with duplicates, watched.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# sheet FILE MODEL HP [ROWS]: a sheet of one make.
sheet() {
    mkdir -p "$(dirname "$1")"
    awk -v model="$2" -v hp="$3" -v rows="${4:-1}" 'BEGIN {
        print "Make,Model,Year,Trim,Horsepower (hp),Towing Capacity (lb),Notes"
        for (i = 1; i <= rows; i++)
            printf "Kia,%s,2020,T%d,%d,%d,row %d of the sheet\n", model, i, hp + i % 50, 1000 + i, i
    }' >"$1"
}

# paths: the documents of the store, one a line, with their ids and contents' hashes.
documents() {
    "$AUTOSPEC" ingest --list --json --store "$1" | jq -c '.[] | [.id, .path, .passages, .facts]'
}

# ---- several at once ----

for i in $(seq 30); do sheet "$SCRATCH/many/f$i.csv" "Rio$i" "$i" $((i * 7)); done
printf 'x\0y' >"$SCRATCH/many/bad.csv"
for n in 1 2 7; do
    "$AUTOSPEC" ingest --threads $n --store "$SCRATCH/t$n.db" "$SCRATCH/many" 2>"$SCRATCH/t$n.err" |
        sed 's/ ([0-9.]* s)$//' >"$SCRATCH/t$n.out"
    documents "$SCRATCH/t$n.db" >"$SCRATCH/t$n.list"
done
check "30 of 31 files are read" grep -q '^30 documents read' "$SCRATCH/t1.out"
for n in 2 7; do
    check "what $n threads print is the same" cmp "$SCRATCH/t1.out" "$SCRATCH/t$n.out"
    check "what $n threads complain of is the same" cmp "$SCRATCH/t1.err" "$SCRATCH/t$n.err"
    check "what $n threads store has the same ids" cmp "$SCRATCH/t1.list" "$SCRATCH/t$n.list"
done
run ingest --store "$SCRATCH/args.db" "$SCRATCH/many/f3.csv" "$SCRATCH/none.csv" "$SCRATCH/many/f1.csv"
exits "a file that is not there fails, the others are read" 1
check "files are stored as they were named" test "$(documents "$SCRATCH/args.db" | jq -r '.[1]' |
    xargs -n1 basename | tr '\n' ' ')" = "f1.csv f3.csv "

# ---- again after a stop ----

for i in $(seq -w 12); do sheet "$SCRATCH/big/f$i.csv" "Ceed$i" "1$i" 4000; done
run ingest --store "$SCRATCH/whole.db" "$SCRATCH/big"
documents "$SCRATCH/whole.db" | jq -c '.[1:]' >"$SCRATCH/whole.list"
"$AUTOSPEC" ingest --store "$SCRATCH/cut.db" "$SCRATCH/big" >"$SCRATCH/cut.out" 2>&1 &
pid=$!
for _ in $(seq 200); do
    [ "$(grep -c passage "$SCRATCH/cut.out")" -ge 2 ] && break
    sleep 0.02
done
kill -9 $pid
wait $pid 2>/dev/null
run ingest --store "$SCRATCH/cut.db" --list --json
before=$(jq length <"$OUT")
if [ "$before" -ge 2 ] && [ "$before" -lt 12 ]; then pass "killed in the middle: what was stored stays"
else fail "killed in the middle: what was stored stays" "$before of 12 documents"; fi
run ingest --store "$SCRATCH/cut.db" --json "$SCRATCH/big"
check "the rest is read, and nothing of it twice" jq -e \
    ".unchanged == $before and .documents == 12 - $before and .replaced == 0" "$OUT"
documents "$SCRATCH/cut.db" | jq -c '.[1:]' >"$SCRATCH/cut.list"
check "all is there as if nothing had happened" cmp "$SCRATCH/whole.list" "$SCRATCH/cut.list"

"$AUTOSPEC" ingest --store "$SCRATCH/int.db" "$SCRATCH/big" >"$SCRATCH/int.out" 2>&1 &
pid=$!
for _ in $(seq 200); do
    grep -q passage "$SCRATCH/int.out" && break
    sleep 0.02
done
started=$(date +%s%N)
kill -INT $pid
wait $pid
STATUS=$?
took=$((($(date +%s%N) - started) / 1000000))
exits "Ctrl-C ends it" 130
if [ $took -lt 3000 ]; then pass "at once"; else fail "at once" "$took ms"; fi
run ingest --store "$SCRATCH/int.db" --json "$SCRATCH/big"
check "and the next run goes on" jq -e '.unchanged >= 1 and .unchanged + .documents == 12' "$OUT"

# ---- the same contents twice ----

D=$SCRATCH/double S=$SCRATCH/double.db
sheet "$D/a.csv" Sorento 200
cp "$D/a.csv" "$D/b.csv"
run ingest --store "$S" "$D"
says "the second of two equal files is not read" "$OUT" 'b\.csv: the same contents as .*a\.csv: not read again'
says "and counted" "$OUT" '^1 document read: .*; 1 duplicate'
run ingest --store "$S" --json "$D"
check "later both are unchanged" jq -e '.unchanged == 2 and .duplicates == 0' "$OUT"
run ask --store "$S" "horsepower of the Kia Sorento 2020?"
check "one answer, not two" test "$(grep -c '201 hp' "$OUT")" -le 2
sheet "$D/a.csv" Sportage 150
run ingest --store "$S" --json "$D/a.csv"
check "the first changes: the second keeps the contents" test \
    "$(documents "$S" | jq -r '.[1]' | xargs -n1 basename | tr '\n' ' ')" = "a.csv b.csv "
run ask --store "$S" "horsepower of the Kia Sorento 2020?"
says "and they are still found" "$OUT" '201 hp'
mv "$D/b.csv" "$D/c.csv"
run ingest --store "$S" "$D"
says "a file that was renamed takes its document along" "$OUT" 'c\.csv: takes the place of .*b\.csv'
cp "$D/c.csv" "$D/kia-ceed-2019.csv"
run ingest --store "$S" --json "$D"
check "a name that speaks of another vehicle makes it another document" jq -e '.documents == 1' "$OUT"

# ---- watched ----

W=$SCRATCH/watched S=$SCRATCH/watched.db LOG=$SCRATCH/watch.out
# expect NAME PATTERN: the watcher says it within some seconds.
expect() {
    for _ in $(seq 150); do
        grep -qE -- "$2" "$LOG" && break
        sleep 0.1
    done
    says "$1" "$LOG" "$2"
}
answer() {
    "$AUTOSPEC" ask --store "$S" "$1" 2>/dev/null
}
sheet "$W/first.csv" Stinger 300
sheet "$SCRATCH/elsewhere.csv" Cadenza 100
"$AUTOSPEC" ingest --store "$S" "$SCRATCH/elsewhere.csv" >/dev/null
rm "$SCRATCH/elsewhere.csv"
"$AUTOSPEC" ingest --watch --store "$S" "$W" >"$LOG" 2>"$SCRATCH/watch.err" &
WATCHER=$!
trap '[ "$BASHPID" != $$ ] || { kill $WATCHER 2>/dev/null; rm -rf "$SCRATCH"; }' EXIT
expect "what is there is read first" 'first\.csv: 1 passage'
expect "then it waits" 'watching for changes'
sheet "$W/second.csv" Carnival 290
expect "a new file is read" 'second\.csv: 1 passage'
sheet "$W/second.csv" Carnival 250
expect "a changed one is read again" 'second\.csv: 1 passage.*in place of the old'
mkdir -p "$W/new/deep"
sheet "$W/new/deep/third.csv" Niro 139
expect "a new folder's files are read" 'third\.csv: 1 passage'
sheet "$W/new/deep/fourth.csv" Soul 147
expect "and those that come into it later" 'fourth\.csv: 1 passage'
mv "$W/new/deep/fourth.csv" "$W/fifth.csv"
expect "a renamed file keeps its document" 'fifth\.csv: takes the place of .*fourth\.csv'
sheet "$SCRATCH/sixth.csv" Telluride 291
{ head -n 1 "$SCRATCH/sixth.csv"; sleep 0.6; tail -n 1 "$SCRATCH/sixth.csv"; sleep 0.6; } >"$W/sixth.csv"
expect "a file that is being written is read when it is whole" 'sixth\.csv: 1 passage from 1 row'
check "and not before" test "$(cat "$LOG" "$SCRATCH/watch.err" | grep -c 'sixth\.csv')" = 1
rm "$W/second.csv"
expect "the document of a deleted file is deleted" 'second\.csv: deleted'
rm -r "$W/new"
expect "those of a deleted folder too" 'third\.csv: deleted'
check "documents from elsewhere stay" test "$(documents "$S" | grep -c elsewhere)" = 1
check "what was deleted is not answered from" test -z "$(answer "horsepower of the Kia Niro 2020?" | grep '140 hp')"
says "what is there is" <(answer "horsepower of the Kia Telluride 2020?") '292 hp'
kill -TERM $WATCHER
wait $WATCHER
STATUS=$?
cp "$SCRATCH/watch.err" "$ERR"
exits "SIGTERM ends it cleanly" 0
rm "$W/sixth.csv"
timeout -s INT 3 "$AUTOSPEC" ingest --watch --store "$S" "$W" >"$LOG" 2>&1
says "what was deleted meanwhile is deleted at the next start" "$LOG" 'sixth\.csv: deleted'
rm "$W"/*
timeout -s INT 3 "$AUTOSPEC" ingest --watch --store "$S" "$W" >"$LOG" 2>&1
says "a folder that has become empty deletes nothing by itself" "$LOG" 'is empty: the documents .* stay'
check "nothing" test "$(documents "$S" | wc -l)" = 3
"$AUTOSPEC" ingest --watch --store "$S" "$W" >"$LOG" 2>&1 &
WATCHER=$!
expect "an empty folder can be watched" 'watching for changes'
rmdir "$W"
wait $WATCHER
STATUS=$?
cp "$LOG" "$ERR"
exits "a watched folder that is gone is an error" 1
says "which says so" "$ERR" 'the folder is gone'
run ingest --watch "$SCRATCH/many/f1.csv"
one_error "a file cannot be watched" 2 'not a folder'

# ---- what is there to work with ----

run doctor --store "$SCRATCH/many.db"
exits "doctor finds what is needed" 0
says "it names the kinds that can be read" "$OUT" '^ok +documents +csv, json'
says "the store" "$OUT" '^ok +store +.*many\.db: will be made'
says "the model" "$OUT" '^ok +model +nano'
check "and makes nothing" test ! -e "$SCRATCH/many.db"
check "in one screen" test "$(grep -c '' "$OUT")" -le 24
run doctor --json --model ORG/none --store "$SCRATCH/t1.db"
exits "a model that is missing is a failure" 1
check "which JSON tells" jq -e '.ok == false and ([.checks[] | select(.state == "missing") | .name] == ["model"])' "$OUT"
check "with how to get it" jq -e '.checks[] | select(.name == "model") | .install == "autospec pull ORG/none"' "$OUT"
printf 'no store, but long enough to be looked at as one.' >"$SCRATCH/broken.db"
run doctor --store "$SCRATCH/broken.db"
exits "so is a store that cannot be opened" 1
says "which is named" "$OUT" '^missing +store +.*broken\.db'

finish
