#!/bin/bash
# The command line's promises: help, exit statuses, errors that are one line, settings and where
# they come from, pipes, interrupts, stores that are damaged.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

COMMANDS="ask verify attributes ingest tables generate tokenize eval info pull quantize config embed plan serve doctor"

# ---- help and documentation ----

run --help
exits "help exits with 0" 0
for command in $COMMANDS; do
    says "help lists $command" "$OUT" "^  $command"
done
run help ask
says "help takes a command" "$OUT" "^usage: autospec ask"
run --version
says "version prints name and number" "$OUT" '^autospec [0-9]+\.[0-9]+\.[0-9]+$'

for command in $COMMANDS; do
    run "$command" --help
    exits "$command --help exits with 0" 0
    says "$command --help shows its use" "$OUT" "^usage: autospec $command"
    grep -oE '^ +(-[A-Za-z], )?--[a-z-]+' "$OUT" | sed 's/.*--//' >"$SCRATCH/options"
    while read -r option; do
        grep -qE -- "(Fl|,) -$option( |\$)" man/autospec.1 || echo "--$option"
    done <"$SCRATCH/options" >"$SCRATCH/undocumented"
    check "$command --help lists options" test -s "$SCRATCH/options"
    check "the man page has each option of $command" test ! -s "$SCRATCH/undocumented"
done

"$AUTOSPEC" --help | grep -oE '^  [A-Z][A-Z0-9_]+ ' | tr -d ' ' >"$SCRATCH/settings"
check "there are settings to check" test "$(grep -c '' "$SCRATCH/settings")" -ge 9
while read -r name; do
    check "$name is in the man page and in the README" \
        sh -c "grep -q '$name' man/autospec.1 && grep -q '\`$name\`' README.md"
done <"$SCRATCH/settings"

# ---- wrong use: exit status 2, one line ----

usage() { # PATTERN ARG...
    local pattern=$1
    shift
    run "$@"
    one_error "wrong use: autospec $*" 2 "$pattern"
}
usage 'a command is missing'
usage 'no command "aks"; did you mean ask\?' aks
usage 'no command "xyzzy"; autospec --help' xyzzy
usage 'a command comes first' --model nano
usage 'ask has no option --jsn; did you mean --json\?' ask --jsn q
usage 'info has no option --wobble; see autospec info --help' info --wobble
usage 'tokenize has no option -z' tokenize -z
usage '--temperature needs a value: T' generate --temperature
usage '--json takes no value' ask --json=yes q
usage '--temperature: "hot" is not a number' generate --temperature hot x
usage '--temperature: 9 is outside 0 to 2' generate --temperature 9 x
usage '--max-tokens: 0 is outside 1' generate --max-tokens 0 x
usage '--top-p: 1.5 is outside 0 to 1' generate --top-p 1.5 x
usage '--top-k: "-1" is not a whole number' ask --top-k -1 q
usage '--seed: "1x" is not a whole number' ask --seed 1x q
usage '--thinking: "hard" is not one of auto, on or off' ask --thinking hard q
usage '--quant: "3bit" is not one of 4bit, 8bit or none' info --quant 3bit
usage '--isa: "sse" is not one of' info --isa sse
usage '--system is part of the chat format' generate --raw --system s x
usage 'the question is empty' ask ''
usage 'the question is empty' ask '  '
usage 'not valid UTF-8' ask $'\xff\xfe'
usage 'the prompt is empty' generate ''
usage 'a file or folder is missing' ingest
usage 'needs --yes|add --yes' ingest --reset
usage 'do not go together' ingest --list --reset --yes
usage 'do not go together' ingest --list data
usage '--delete: 0 is outside' ingest --delete 0
usage 'eval takes one file' eval
usage 'eval takes one file' eval a b
usage 'info takes no argument' info nano
usage 'is not a token id' tokenize --decode 12 twelve
usage 'token id 99999999 is outside' tokenize --decode 99999999
usage 'token id -1 is outside' tokenize --decode -- -1

# ---- the model's place ----

run info --model no-such-model
one_error "an unknown model's name is an error that says where it looked" 1 'no model "no-such-model"'
run info --model ./no/such/folder
one_error "a folder that is not there is an error" 1 'no such folder'
HF_HUB_OFFLINE=1 run info --model deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B
one_error "a Hub name that is not here is not found offline" 1 'deepseek-ai/DeepSeek-R1.*HF_HUB_OFFLINE'
mkdir "$SCRATCH/empty"
run info --model "$SCRATCH/empty"
one_error "an empty model folder is an error that names a missing file" 1 '(config|tokenizer)\.json: No such file'
run info --model README.md
one_error "a file as model is an error" 1 'is a file'

# ---- settings ----

mkdir "$SCRATCH/work"
in_work() { # ARG...: as run, in a folder with a .env
    (cd "$SCRATCH/work" && "$AUTOSPEC" "$@") >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
}
env_file() { printf '%b' "$1" >"$SCRATCH/work/.env"; }

env_file '# settings\nexport LLM_CONTEXT="256" # small\nLLM_THREADS=1\n'
in_work info --json
check ".env sets the context" jq -e '.context == 256' "$OUT"
LLM_CONTEXT=512 in_work info --json
check "the environment wins over .env" jq -e '.context == 512' "$OUT"
LLM_CONTEXT=512 in_work info --json --context 1024
check "the command line wins over the environment" jq -e '.context == 1024' "$OUT"

env_file 'A=1\n\nLLM_TEMPERATURE=hot\n'
in_work info
one_error "a wrong value in .env names the line" 2 '\.env:3: LLM_TEMPERATURE: "hot" is not a number'
env_file 'A=1\nthis is no setting\n'
in_work info
one_error "a wrong line in .env is named" 2 '\.env:2: expected NAME=value'
env_file 'LLM_THREADS=1\nX="open\n'
in_work info
one_error "a quote that is not closed is named" 2 '\.env:2: the quote'
in_work info --help
exits "help works beside a broken .env" 0
env_file 'LLM_TEMPERATUR=0.5\nLLM_XYZZY=1\nOTHER_THING=2\n'
in_work info --json
exits "unknown names in .env are no error" 0
says "an unknown LLM_ name is warned of with the nearest" "$ERR" '\.env:1: LLM_TEMPERATUR .*did you mean LLM_TEMPERATURE\?'
check "names of other programs are left alone" sh -c "! grep -q OTHER_THING '$ERR'"
in_work info --json --quiet
check "--quiet says nothing" test ! -s "$ERR"
rm "$SCRATCH/work/.env"
LLM_MAX_TOKENS=lots run info
one_error "a wrong value in the environment says so" 2 'LLM_MAX_TOKENS in the environment: "lots"'
LLM_USE_4BIT=true LLM_USE_8BIT=true run info --json
says "4-bit and 8-bit at once is warned of" "$ERR" '4-bit wins'
check "and 4-bit wins" jq -e '.quantization == "4-bit"' "$OUT"
LLM_USE_8BIT=1 run info --json
check "8-bit that is asked for is used" jq -e '.quantization == "8-bit"' "$OUT"
run info --quant none --json
check "--quant none keeps 16 bits" jq -e '.bits_per_weight >= 16' "$OUT"

# ---- info and tokenize ----

run info
exits "info exits with 0" 0
for what in model architecture parameters vocabulary context quantization weights 'KV cache' device; do
    says "info shows: $what" "$OUT" "^$what "
done
run info --json
check "info --json has the figures" jq -e '.parameters > 1000000 and .layers > 0 and
    .bits_per_weight > 4 and .bits_per_weight < 5.5 and .kv_bytes_per_1000_tokens > 0' "$OUT"
run info --json --isa portable
check "--isa chooses the instructions" jq -e '.device | test("portable")' "$OUT"
AUTOSPEC_CACHE=/proc/no/such run info --json
check "without a place for the cache the model opens all the same" jq -e '.parameters > 0' "$OUT"
says "and it says that nothing is kept" "$ERR" 'no packed model is kept'

text='Zoë drives a 2023 Citroën 5 Aircross — 0-60 in 8.1 s; ¿qué? 日本 <｜User｜> \n'
run tokenize "$text"
exits "tokenize exits with 0" 0
check "tokenize prints one line of ids" test "$(grep -cE '^[0-9]+( [0-9]+)*$' "$OUT")" = 1
ids=$(cat "$OUT")
# shellcheck disable=SC2086 # ids are words
run tokenize --decode $ids
check "decoding gives the text back" test "$(cat "$OUT")" = "$text"
run tokenize -d "$ids"
check "ids may be one argument" test "$(cat "$OUT")" = "$text"
printf '%s' "$text" | "$AUTOSPEC" tokenize >"$OUT" 2>"$ERR"
check "tokenize reads standard input" test "$(cat "$OUT")" = "$ids"
printf '%s' "$text" | "$AUTOSPEC" tokenize - >"$OUT" 2>"$ERR"
check "tokenize reads standard input for -" test "$(cat "$OUT")" = "$ids"
run tokenize '<｜User｜>'
as_text=$(wc -w <"$OUT")
run tokenize --control '<｜User｜>'
check "a control token's spelling is text without --control, one token with it" \
    test "$as_text" -gt 1 -a "$(wc -w <"$OUT")" = 1
control=$(cat "$OUT")
run tokenize --decode "$control"
check "a control token decodes to nothing" test "$(cat "$OUT")" = ""
run tokenize --decode --control "$control"
check "and to its spelling with --control" test "$(cat "$OUT")" = '<｜User｜>'
run tokenize --show 'two words'
check "--show has a line for each token" test "$(grep -cE $'^[0-9]+\t".*"$' "$OUT")" -ge 2
ids=$("$AUTOSPEC" tokenize $'a\e[31mb\tc')
# shellcheck disable=SC2086
run tokenize --decode $ids
check "text to a pipe is exact" test "$(cat "$OUT")" = $'a\e[31mb\tc'
TERM=dumb script -qec "'$AUTOSPEC' tokenize --decode $ids" /dev/null >"$OUT" 2>"$ERR" </dev/null
check "text to a terminal cannot command it" sh -c "grep -q 'a?\[31mb' '$OUT' && ! grep -q \"\$(printf '\033')\" '$OUT'"
run tokenize ''
check "no text is no tokens" test "$(cat "$OUT")" = ""
head -c 3000000 /dev/zero | tr '\0' 'a' | timeout 60 "$AUTOSPEC" tokenize >"$OUT" 2>"$ERR"
check "three million letters without a break are tokenized in time" test -s "$OUT"

# ---- generate ----

run generate --max-tokens 5 --stats 'A car is'
exits "generate exits with 0" 0
says "--stats tells the tokens" "$ERR" '^answer: [0-5] tokens in [0-9.]+ s'
run generate --max-tokens 30 --ignore-end --raw --stats 'A car is'
says "--ignore-end goes on to the limit" "$ERR" '^answer: 30 tokens .*--max-tokens'
run generate --max-tokens 8 --temperature 1.5 --seed 7 --raw 'Engine'
cp "$OUT" "$SCRATCH/first"
run generate --max-tokens 8 --temperature 1.5 --seed 7 --raw 'Engine'
check "the same seed gives the same text" cmp "$OUT" "$SCRATCH/first"
printf 'Engine' | "$AUTOSPEC" generate --max-tokens 8 --temperature 1.5 --seed 7 --raw >"$OUT" 2>"$ERR"
check "generate reads standard input" cmp "$OUT" "$SCRATCH/first"
run generate --context 128 "$(head -c 4000 README.md | tr '\n' ' ')"
one_error "a prompt longer than the context says both numbers" 2 'prompt of [0-9]+ tokens.*128'

# ---- ingest ----

export AUTOSPEC_STORE=$SCRATCH/new/deep/store.db
run ingest --list
exits "the list of a store that is not there is empty" 0
says "and says so" "$OUT" '^no documents$'
run ingest --list --json
check "as JSON it is an empty array" jq -e '. == []' "$OUT"
check "looking at a store does not make one" test ! -e "$AUTOSPEC_STORE"
run ask 'How heavy is it?'
one_error "a question to an empty store says how to fill it" 1 'autospec ingest'

run ingest data
exits "ingest reads a folder" 0
says "it has a line for each document" "$OUT" 'vehicles\.csv: [0-9]+ passages from [0-9]+ rows$'
says "and a total" "$OUT" '^[0-9]+ documents read: [0-9]+ passages, [0-9]+ facts, [0-9]+ new vehicles'
run ingest data --json
check "the same again reads nothing" jq -e '.documents == 0 and .unchanged > 1 and .failed == 0' "$OUT"
run ingest --list --json
check "the list as JSON has ids and paths" jq -e 'length > 1 and all(.id > 0 and .passages > 0)' "$OUT"
documents=$(jq length "$OUT")
printf '%%PDF-1.4\n' >"$SCRATCH/broken.csv"
printf 'Manufacturer,Model,Year,Curb weight (lb)\nZubrowka,Trabbi,1985,1350\n' >"$SCRATCH/good.csv"
run ingest "$SCRATCH/broken.csv" "$SCRATCH/none.csv" "$SCRATCH/good.csv"
exits "a bad file among good ones gives exit status 1" 1
check "each bad file has one line" test "$(grep -c '^autospec: ' "$ERR")" = 2 -a "$(grep -c '' "$ERR")" = 2
says "the good one is read all the same" "$OUT" 'good\.csv: 1 passage from 1 row$'
sed -i 's/1350/1,355/; s/,1,355/,"1,355"/' "$SCRATCH/good.csv"
run ingest "$SCRATCH/good.csv"
says "a changed file takes the place of the old one" "$OUT" 'good\.csv: .*in place of the old'
run ingest --list --json
# shellcheck disable=SC2016 # jq's own $n
check "and is there once" jq -e --argjson n "$documents" 'length == $n + 1' "$OUT"
id=$(jq '.[] | select(.path | endswith("good.csv")).id' "$OUT")
run ingest --delete "$id"
says "--delete deletes" "$OUT" "^deleted document $id$"
run ingest --delete "$id"
one_error "deleting what is not there is an error" 1 "$id"
run ingest --list
check "the list as text has a line each" test "$(grep -cE '^ +[0-9]+  (csv|markdown)' "$OUT")" = "$documents"

# ---- ask ----

run ask --json 'What is the horsepower of the 2023 Toyota Camry?'
exits "ask exits with 0" 0
check "the answer as JSON has its parts" jq -e 'has("answer") and has("citations") and
    has("documents") and has("numbers") and has("usage") and has("timings")' "$OUT"
check "the Camry has 203 hp, cited" jq -e '(.answer | test("203")) and (.citations | length > 0)' "$OUT"
run ask 'What is the horsepower of the 2023 Toyota Camry?'
says "the text begins with the answer" "$OUT" '203 ?(hp|horsepower).*\[[0-9]\]'
says "its source follows" "$OUT" '^  \[[0-9]\] 2023 Toyota Camry.* - vehicles\.csv, row [0-9]+'
echo 'What is the horsepower of the 2023 Toyota Camry?' | "$AUTOSPEC" ask >"$SCRATCH/piped" 2>"$ERR"
check "the question may come from standard input" cmp "$OUT" "$SCRATCH/piped"
run ask What is the horsepower of the 2023 Toyota 'Camry?'
check "the question may be several arguments" cmp "$OUT" "$SCRATCH/piped"
run ask --show-passages --top-k 1 'What is the horsepower of the 2023 Toyota Camry?'
says "--show-passages shows what the answer rests on" "$OUT" '^Passages:$'
check "--top-k 1 gives one" test "$(sed -n '/^Passages:/,$p' "$OUT" | grep -cE '^  \[[0-9]+\]')" = 1
run ask --after 'What is the horsepower of the 2023 Toyota Camry?' 'and the torque?'
says "--after: what is left out comes from the question before" "$OUT" '184 lb-ft'
usage '--after: is empty' ask --after '' x
run ask --csv 'What is the horsepower of the 2023 Toyota Camry?'
says "--csv prints the table alone" "$OUT" '^2023 Toyota Camry LE,203,"vehicles\.csv, row [0-9]+"'
run ask --csv 'What is the towing capacity of the 2023 Toyota Camry?'
says "and says where there is none" "$ERR" '^autospec: no table: The documents do not give'
run ask --json 'What is the towing capacity of the 2023 Toyota Camry?'
check "what the documents lack is refused" jq -e '.refused == true' "$OUT"
printf 'What \0 is' | "$AUTOSPEC" ask >"$OUT" 2>"$ERR"
STATUS=$?
one_error "a NUL byte in the question is refused" 2 'NUL'

# ---- stores that are damaged ----

damaged() { # NAME: $AUTOSPEC_STORE is set
    run ask 'How heavy is the 2023 Toyota Camry?'
    one_error "ask on $1 is one clear error" 1 'store\.[a-z]+'
    run ingest --list
    one_error "ingest --list on $1 is one clear error" 1 'store\.[a-z]+'
}
good=$AUTOSPEC_STORE
export AUTOSPEC_STORE=$SCRATCH/store.txt
cp README.md "$AUTOSPEC_STORE"
damaged "a text file"
check "and the file is left as it was" cmp README.md "$AUTOSPEC_STORE"
export AUTOSPEC_STORE=$SCRATCH/store.dir
mkdir "$AUTOSPEC_STORE"
damaged "a folder"
export AUTOSPEC_STORE=$SCRATCH/store.cut
head -c 20000 "$good" >"$AUTOSPEC_STORE"
damaged "a store that was cut off"
export AUTOSPEC_STORE=$SCRATCH/store.noise
{ head -c 100 "$good"; head -c 60000 /dev/urandom; } >"$AUTOSPEC_STORE"
damaged "a store with noise behind its header"
run ingest --store /dev/null/store.db data
exits "a store that cannot be made is an error" 1
export AUTOSPEC_STORE=$good

run ingest --reset --yes
says "--reset --yes deletes all" "$OUT" "^deleted $documents documents$"
run ingest --list --json
check "then nothing is there" jq -e '. == []' "$OUT"
run ingest data
check "and the store can be filled again" test "$STATUS" = 0

# ---- eval ----

if [ -e bench/eval/nano.jsonl ]; then
    run eval bench/eval/nano.jsonl --limit 3
    exits "eval exits with 0" 0
    says "eval prints its figures" "$OUT" '^answerable: +[0-9]+ of [0-9]+ right \([0-9.]+ %\)'
    run eval bench/eval/nano.jsonl --limit 3 --json
    check "eval --json has the figures" jq -e '.questions == 3 and .seconds > 0' "$OUT"
else
    fail "bench/eval/nano.jsonl is there"
fi
run eval "$SCRATCH/none.jsonl"
one_error "eval of a file that is not there is an error" 1 'none\.jsonl'
printf '{"id": 1}\nnot json\n' >"$SCRATCH/bad.jsonl"
run eval "$SCRATCH/bad.jsonl"
one_error "eval of a bad file names the line" 1 'bad\.jsonl:[12]'

# ---- standard output ----

for command in '--help' 'tokenize abc' 'info --json' 'ingest --list'; do
    # shellcheck disable=SC2086
    "$AUTOSPEC" $command >/dev/full 2>"$ERR"
    STATUS=$?
    : >"$OUT"
    one_error "a full disk is an error: autospec $command" 1 'standard output: No space left'
    # shellcheck disable=SC2086
    "$AUTOSPEC" $command >&- 2>"$ERR"
    STATUS=$?
    one_error "a closed output is an error: autospec $command" 1 'standard output: Bad file'
done
"$AUTOSPEC" ingest --list >&- 2>"$ERR"
run ingest --list --json
check "the store is whole after a closed output" jq -e 'length > 1' "$OUT"
# A reader that is gone before the first byte: nothing is said, and the status is not 0.
(
    trap '' PIPE
    "$AUTOSPEC" generate --max-tokens 40 --raw 'Engine' 2>"$ERR"
    echo $? >"$SCRATCH/status"
) | true
check "a reader that went away ends the program without a message" \
    sh -c "[ \$(cat '$SCRATCH/status') = 1 ] && [ ! -s '$ERR' ]"

# ---- interrupts ----

# A job that runs for minutes if it is let, and says when it has begun.
item='{"id": "x", "passages": [{"title": "2023 Toyota Camry", "text": "Weight: 3310 lb"}],'
item="$item"' "question": "How heavy is the 2023 Toyota Camry?", "answerable": true,'
item="$item"' "expect": [{"value": "1", "unit": "lb", "cite": 1}]}'
yes "$item" | head -n 3000 >"$SCRATCH/long.jsonl"
interrupted() { # COMMAND SIGNAL ARG...: the signal is sent when the first output is there
    local command=$1 signal=$2
    shift 2
    : >"$OUT"
    # In the background of a script SIGINT is ignored; env puts its default back.
    env --default-signal=INT "$AUTOSPEC" "$command" "$@" >"$OUT" 2>"$ERR" &
    local pid=$!
    for _ in $(seq 600); do [ -s "$OUT" ] && break; sleep 0.1; done
    kill -"$signal" $pid
    wait $pid
    STATUS=$?
    exits "SIG$signal ends $command with exit status 130" 130
    check "and without a complaint (SIG$signal)" sh -c "! grep -q autospec: '$ERR'"
}
interrupted generate INT --raw --ignore-end --stats --max-tokens 4000 'Engine'
says "the answer so far is there, and says why it ended" "$ERR" 'ended by: interrupted'
for signal in INT TERM; do
    interrupted eval $signal "$SCRATCH/long.jsonl" --failures 3000
    says "what was done is printed (SIG$signal)" "$OUT" '^answerable: '
done

finish
