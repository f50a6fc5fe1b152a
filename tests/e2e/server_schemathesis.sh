#!/bin/bash
# What the server answers against its own description, /openapi.json, by schemathesis (PyPI):
# requests that are right, and many that are not, of every operation. A short run with a fixed seed;
# with SCHEMATHESIS_SECONDS (`make schemathesis SECONDS=600`) one of that length with another.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$ROOT/tests/e2e/server_lib.sh"

if [ -z "${SCHEMATHESIS:=}" ] && ! PYTHON=$(python_with schemathesis schemathesis schemathesis==4.32.5); then
    skip "schemathesis: PyPI cannot be had"
    finish
fi
PROGRAM=${SCHEMATHESIS:-${PYTHON%/*}/schemathesis}
# shellcheck disable=SC2046 # names, one a word
unset $(env | sed -n 's/^\([a-zA-Z]*_[pP][rR][oO][xX][yY]\)=.*/\1/p')

# schemathesis_run NAME ARG...: of all its checks none fails. What it does is kept beside the build.
REPORT=$(dirname "$AUTOSPEC")/schemathesis.txt
: >"$REPORT"
schemathesis_run() {
    local name=$1
    shift
    (cd "$SCRATCH" && PYTHONPATH=$ROOT/tests/openapi PYTHONDONTWRITEBYTECODE=1 "$PROGRAM" \
        --config-file "${CONFIG:-$ROOT/tests/openapi/schemathesis.toml}" run "$URL/openapi.json" \
        -H 'Authorization: Bearer right' "$@") >"$SCRATCH/schemathesis" 2>&1
    STATUS=$?
    cat "$SCRATCH/schemathesis" >>"$REPORT"
    sed -n '/= SUMMARY =/,$p' "$SCRATCH/schemathesis" | grep -E 'Tested|generated|Seed' | sed 's/^/  /'
    if [ $STATUS -eq 0 ]; then pass "$name"
    else fail "$name" "$(grep -vE '^ *$' "$SCRATCH/schemathesis" | cut -c1-300 | tail -n 80)"; fi
}

run ingest "${SAMPLES[@]}"
exits "the samples are read" 0
API_KEY=right start_server --encoder tests/golden/encoders/minilm
if [ -n "${SCHEMATHESIS_SECONDS:-}" ]; then
    schemathesis_run "replies are as described, for $SCHEMATHESIS_SECONDS seconds" \
        --max-time "$SCHEMATHESIS_SECONDS"
else
    schemathesis_run "replies are as described" --phases examples,fuzzing --max-examples 8 --seed 5
fi
sed '/^# All would/,$d' tests/openapi/schemathesis.toml >"$SCRATCH/all.toml"
CONFIG=$SCRATCH/all.toml schemathesis_run "so is the reply when all is deleted" \
    --include-path /ingest/reset --max-examples 5 --seed 5
http /health
answers "the server is well" 200
check "no request was answered with a 5xx" sh -c "! grep -qE '^autospec: [^ ]+ [A-Z-]+ [^ ]+ 5[0-9][0-9] ' '$SERVER_LOG'"
stop_server TERM
exits "and ends well" 0
check "no sanitizer spoke" sh -c "! grep -qE 'Sanitizer|runtime error' '$SERVER_LOG'"
finish
