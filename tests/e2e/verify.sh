#!/bin/bash
# The figures of texts that others wrote, checked against the documents: `autospec verify` and POST
# /verify. Each claim is supported, contradicted, true of some versions, not found or not understood, and
# shows the cells that say so.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$(dirname "$0")/server_lib.sh"

run ingest --quiet data
exits "the sample data is ingested" 0

# claim TEXT STATUS FILTER: the first claim of the text as JSON.
claim() {
    run verify --json "$1"
    local wanted=0
    [ "$2" != contradicted ] || wanted=1
    if healthy && [ "$STATUS" -eq $wanted ] &&
        S=$2 jq -e '(.claims[0] | .status == env.S and ('"$3"')) and .[env.S] == 1' "$OUT" >/dev/null 2>&1
    then pass "$1 -> $2"
    else fail "$1 -> $2" "exit status $STATUS" "not so: $3" "$(jq -c '.claims[0]' "$OUT" 2>&1 | head -c 500)"; fi
}
export S

# ---- bound ----

claim 'The 2023 Toyota Camry LE makes 203 hp.' supported '.vehicle == "2023 Toyota Camry LE" and
    .attribute == "power" and .value == 203 and .unit == "hp" and .text == "203 hp" and
    (.cells[0] | .agrees and .title == "2023 Toyota Camry LE" and .column == "Horsepower" and
        .location == "row 245" and .quote == "Horsepower: 203" and (.document | endswith("vehicles.csv")))'
B=$(jq '.claims[0].cells[0].begin' "$OUT")
check "the cell's bytes are the figure" test "$(tail -c +$((B + 1)) data/vehicles.csv | head -c 3)" = 203
claim 'The 2023 Toyota Camry LE makes 151 kW.' supported '.unit == "kW" and .cells[0].text == "203"'
claim 'The 2023 Toyota Camry weighs 1501 kg.' supported '.attribute == "curb weight" and .cells[0].text == "3310"'
claim 'The 2023 Toyota Camry LE has more than 200 hp.' supported '.comparator == ">" and .cells[0].text == "203"'
claim 'The towing capacity of the 2022 Rivian R1T is 11,000 lb.' supported '.cells[0] |
    (.document | endswith("rivian-r1t-2022.md")) and .location == "table 6, line 47" and .text == "11000 lb"'
claim 'Der 2023 Toyota Camry hat 203 PS.' contradicted '.unit == "PS" and .cells[0].text == "203"'

# ---- contradicted ----

claim 'The 2023 Toyota Camry LE makes 250 hp.' contradicted '(.cells[0] | (.agrees | not) and .text == "203" and
    .location == "row 245")'
claim 'The 2023 Toyota Camry LE makes 203 kW.' contradicted '.cells[0].text == "203"'
claim 'The 2023 Toyota Camry LE has more than 203 hp.' contradicted '.cells[0].agrees | not'

# ---- true of some versions only ----

claim 'The Tesla Model 3 has a range of 353 miles.' depends '([.cells[] | select(.agrees)] | length == 1) and
    (.cells | length > 2) and .cells[0].text == "353"'

# ---- not there, not clear ----

claim 'The 2020 Ferrari 488 makes 660 hp.' not_found '.missing == "vehicle" and .cells == []'
claim 'The 2012 Toyota Camry makes 178 hp.' not_found '.missing == "year" and .cells == []'
claim 'The towing capacity of the 2023 Toyota Camry LE is 1000 lb.' not_found '.missing == "attribute" and .cells == []'
claim 'The 2023 Toyota Camry LE has 12 frobs.' not_understood '.missing == "attribute" and .cells == []'
claim 'It makes 203 hp.' not_understood '.missing == "vehicle" and .cells == []'

# ---- texts ----

TEXT='Both are sedans. The 2023 Toyota Camry LE makes 203 hp and 184 lb-ft. The 2023 Honda Accord LX is weaker: 180 hp.'
run verify "$TEXT"
exits "a text with a wrong figure exits with 1" 1
says "what is right has its cell" "$OUT" '^\+ 203 hp: supported \(2023 Toyota Camry LE, power\)$'
says "a second figure of the sentence too" "$OUT" '^\+ 184 lb-ft: supported \(2023 Toyota Camry LE, torque\)$'
says "what is wrong shows what the document says" "$OUT" '^! 180 hp: contradicted \(2023 Honda Accord LX, power\)$'
says "by its cell" "$OUT" '^    2023 Honda Accord LX - Horsepower: 192 \(vehicles.csv, row [0-9]+\)$'
says "the counts are the last line" "$OUT" '^2 supported, 1 contradicted, 0 true of some versions, 0 not found, 0 not understood$'
run verify --json "$TEXT"
check "offsets are those of the figures" jq -e --arg text "$TEXT" '[.claims[] | .text as $t | .offset as $o |
    $text[$o:$o + .length] == $t] | length == 3 and all' "$OUT"
"$AUTOSPEC" verify --json - <<<"$TEXT" >"$SCRATCH/piped" 2>"$ERR"
check "a text may come through a pipe" cmp "$OUT" "$SCRATCH/piped"
run verify 'Nothing is claimed.'
exits "a text without figures is no error" 0
says "and says so" "$OUT" '^no figure was found to check$'
run verify </dev/null
exits "nor is no text" 0
AUTOSPEC_STORE=$SCRATCH/none.db run verify "$TEXT"
one_error "so is a store without documents" 1 'no documents'

# ---- the same over HTTP ----

run verify --json "$TEXT"
cp "$OUT" "$SCRATCH/claims"
start_server
http /verify --json "$(jq -n --arg text "$TEXT" '{text: $text}')"
answers "POST /verify gives the same" 200 '.supported == 2 and .contradicted == 1'
check "to the byte's place" test "$(jq -cS .claims "$OUT")" = "$(jq -cS .claims "$SCRATCH/claims")"
http /verify --json '{"text": "The 2020 Ferrari 488 makes 660 hp. The Tesla Model 3 has a range of 353 miles."}'
answers "what is not there, and what depends" 200 '[.claims[].status] == ["not_found", "depends"] and
    .not_found == 1 and .depends == 1'
http /verify --json '{"text": ""}'
answers "of an empty text nothing is claimed" 200 '.claims == []'
http /verify --json '{"text": "203 hp", "more": 1}'
answers "so is an unknown member" 400 '.error.param == "more"'
printf '{"text": "%s"}' "$(head -c 1100000 /dev/zero | tr '\0' x)" >"$SCRATCH/long.json"
http /verify --json "@$SCRATCH/long.json"
answers "and a text that is too long" 413 '.error.code == "text_too_long"'
stop_server
check "the server ends well" test "$STATUS" -eq 0
check "no sanitizer spoke" bash -c '! grep -E "Sanitizer|runtime error" "$1"' - "$SERVER_LOG"

finish
