#!/bin/bash
# The endpoints below /v1 with the official openai client (from PyPI): what it makes of answers,
# streams and errors.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$ROOT/tests/e2e/server_lib.sh"

if ! PYTHON=${OPENAI_TEST_PYTHON:-$(python_with openai 'openai, jsonschema' openai==3.57.0 jsonschema==4.26.0)}; then
    skip "the openai client: PyPI cannot be had"
    finish
fi
# shellcheck disable=SC2046 # names, one a word
unset $(env | sed -n 's/^\(OPENAI_[A-Z_]*\|[a-zA-Z]*_[pP][rR][oO][xX][yY]\)=.*/\1/p')

# client PART: the checks of this part, counted as ours.
client() {
    local line
    "$PYTHON" -W ignore tests/e2e/openai_client.py "$URL" "$1" >"$SCRATCH/client" 2>&1
    grep -q '^\(not \)\?ok - ' "$SCRATCH/client" || fail "the client runs" "$(tail -n 5 "$SCRATCH/client")"
    while IFS= read -r line; do
        case $line in
        'ok - '*) pass "$1: ${line#ok - }" ;;
        'not ok - '*) fail "$1: ${line#not ok - }" ;;
        *) echo "$line" ;;
        esac
    done <"$SCRATCH/client"
}

run ingest "${SAMPLES[@]}"
exits "the samples are read" 0

start_server --encoder tests/golden/encoders/minilm
client api
http /query/llm-info
answers "llm-info tells of the encoder" 200 '.encoder.model_name == "minilm" and
    .encoder.device == "cpu" and .encoder.gpu == null and .encoder.memory.weights > 0'
check "the log has no word of what was asked" sh -c "! grep -qi 'camry\|horsepower\|bananas' '$SERVER_LOG'"
stop_server TERM
exits "the server ends well" 0
check "no sanitizer spoke" sh -c "! grep -qE 'Sanitizer|runtime error' '$SERVER_LOG'"

AUTOSPEC_STORE=$SCRATCH/empty.db start_server
client plain
stop_server TERM

API_KEY=right start_server --parallel 1 --queue 1
client keys
stop_server TERM
exits "and again" 0

finish
