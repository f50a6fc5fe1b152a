#!/bin/bash
# What the server replies to questions of every kind, against its own description: tests/openapi/replies.py.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$ROOT/tests/e2e/server_lib.sh"

PYTHON=
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then PYTHON=$python; break; fi
done
if [ -z "$PYTHON" ] && ! PYTHON=$(python_with jsonschema jsonschema jsonschema==4.26.0); then
    skip "replies against openapi.json: there is no jsonschema"
    finish
fi
export PYTHONDONTWRITEBYTECODE=1

# replies NAME ARG...: the checks of one server, counted as ours.
replies() {
    local line
    "$PYTHON" tests/openapi/replies.py "${@:2}" >"$SCRATCH/replies" 2>&1
    grep -q '^\(not \)\?ok - ' "$SCRATCH/replies" || fail "$1 is asked" "$(tail -n 5 "$SCRATCH/replies")"
    while IFS= read -r line; do
        case $line in
        'ok - '*) pass "$1: ${line#ok - }" ;;
        'not ok - '*) fail "$1: ${line#not ok - }" ;;
        *) echo "$line" ;;
        esac
    done <"$SCRATCH/replies"
}

run ingest "${SAMPLES[@]}"
exits "the samples are read" 0
start_server
replies "the server" "$URL"
stop_server TERM
exits "it ends well" 0
check "no sanitizer spoke" sh -c "! grep -qE 'Sanitizer|runtime error' '$SERVER_LOG'"

# The page's tests see a server that does not exist: it must say the same things.
"$PYTHON" tests/ui/mock_server.py >"$SCRATCH/mock" 2>&1 &
MOCK=$!
for _ in $(seq 100); do
    [ -s "$SCRATCH/mock" ] && break
    sleep 0.05
done
replies "the mock server" "http://127.0.0.1:$(head -n 1 "$SCRATCH/mock")" --mock
kill $MOCK
wait $MOCK 2>/dev/null
finish
