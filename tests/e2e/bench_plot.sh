#!/bin/bash
# bench/plot.py: what it draws of a file of autospec bench --json, what it refuses; and that
# docs/bench.svg is the drawing of the results that are committed. Also what bench/compare refuses.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
if ! command -v python3 >/dev/null; then
    skip "no python3"
    finish
fi

# plot FILE...: leaves $OUT, $ERR and $STATUS.
plot() {
    python3 bench/plot.py "$@" >"$OUT" 2>"$ERR"
    STATUS=$?
}

run bench --model models/nano --quick --only decode,prefill --json
exits "bench prints JSON" 0
cp "$OUT" "$SCRATCH/nano.json"
plot "$SCRATCH/nano.json"
exits "its own JSON is drawn" 0
check "as XML" python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$OUT"
says "with decoding" "$OUT" '>decode, short context<'
says "and a prompt" "$OUT" '>prefill of 512 tokens<'
check "without rows that are not there" test "$(grep -c '4,096' "$OUT")" -eq 0

cat >"$SCRATCH/made.json" <<'JSON'
{"model": "a<b", "quantization": "4-bit", "threads": 2, "processor": "P",
 "limits": {"read": {"median": 40e9}, "integers": {"median": 2e12}, "instructions": "I"},
 "rows": [
  {"name": "decode", "note": "", "value": {"median": 40, "least": 39, "most": 41},
   "score": {"median": 81.6, "least": 80, "most": 83}},
  {"name": "decode-long", "note": "8192 tokens, 8-bit KV; a token reads 1000.0 MB, 50 %",
   "value": {"median": 20, "least": 19, "most": 21},
   "score": {"median": 50, "least": 49, "most": 51}},
  {"name": "prefill", "note": "", "value": {"median": 300, "least": 299, "most": 301},
   "score": {"median": 40, "least": 39, "most": 41}},
  {"name": "prefill-long", "note": "", "value": {"median": 240, "least": 239, "most": 241},
   "score": {"median": 80, "least": 79, "most": 81}},
  {"name": "start", "note": "not measured: no file", "goal": 1}]}
JSON
plot "$SCRATCH/made.json"
exits "a file with all rows is drawn" 0
says "short decoding is as it was scored" "$OUT" '>82 %, 40 tok/s<'
says "long decoding is what it reads beside the bandwidth: 20 x 1 GB of 40" "$OUT" '>50 %, 20 tok/s<'
says "a long prompt is beside the integer peak: 80 % of 40 %" "$OUT" '>32 %, 240 tok/s<'
says "names are escaped" "$OUT" '>a&lt;b, 4-bit weights, 2 threads of P<'

sed 's/81\.6/70/; s/"most": 83/"most": 99/' "$SCRATCH/made.json" >"$SCRATCH/second.json"
sed 's/81\.6/90/' "$SCRATCH/made.json" >"$SCRATCH/third.json"
plot "$SCRATCH/second.json" "$SCRATCH/made.json" "$SCRATCH/third.json"
says "runs of one model are one chart" "$OUT" '>3 runs; limits'
says "with the median of their medians" "$OUT" '>82 %, 40 tok/s<'
check "and each row once" test "$(grep -c 'tok/s<' "$OUT")" -eq 4

sed 's/a token reads/nothing/' "$SCRATCH/made.json" >"$SCRATCH/note.json"
plot "$SCRATCH/note.json"
exits "a note that does not say what is read is refused" 1
says "with the file and the row" "$ERR" 'note\.json: decode-long: note '
echo '{"rows": [], "limits": {}}' >"$SCRATCH/none.json"
plot "$SCRATCH/none.json"
exits "so is a file with nothing to draw" 1
says "with its name" "$ERR" 'none\.json: no row of decode'
plot "$SCRATCH/missing.json"
exits "and one that is not there" 1

results=()
for file in bench/results/*.json; do
    [[ $file = */compare-* ]] || results+=("$file")
done
if [ ! -e docs/bench.svg ]; then
    skip "no docs/bench.svg"
else
    plot "${results[@]}"
    check "docs/bench.svg is drawn from bench/results" cmp -s "$OUT" docs/bench.svg
fi

python3 bench/compare --only Q4_1 >"$OUT" 2>"$ERR"
STATUS=$?
exits "compare refuses a kind it does not know, before it installs anything" 2
says "and says which there are" "$ERR" 'Q4_0, Q4_K_M, Q4_K_M-as-is'
finish
