# Sourced by the tests of the server, after lib.sh: starting and stopping it, and asking it.
# shellcheck shell=bash
SERVER_LOG=$SCRATCH/server.log
SERVER_PID=

# start_server ARG...: on a free port; sets URL. Waits until the model is there.
start_server() {
    : >"$SERVER_LOG"
    (cd "${SERVER_CWD:-$ROOT}" && exec "$AUTOSPEC" serve --port 0 "$@") >"$SCRATCH/server.out" \
        2>"$SERVER_LOG" </dev/null &
    SERVER_PID=$!
    for _ in $(seq 1200); do
        grep -q '^autospec: ready' "$SERVER_LOG" && break
        kill -0 $SERVER_PID 2>/dev/null || break
        sleep 0.05
    done
    URL=$(sed -n 's/^autospec: listening on //p' "$SERVER_LOG" | head -n 1)
    [ -n "$URL" ] || sed 's/^/  /' "$SERVER_LOG"
}

# stop_server [SIGNAL]: leaves its exit status in STATUS.
# shellcheck disable=SC2034 # for who sources this
stop_server() {
    [ -n "$SERVER_PID" ] || return 0
    kill -"${1:-TERM}" $SERVER_PID 2>/dev/null
    wait $SERVER_PID
    STATUS=$?
    SERVER_PID=
}
trap '[ "$BASHPID" != $$ ] || { stop_server KILL 2>/dev/null; rm -rf "$SCRATCH"; }' EXIT

# wait_for_log PATTERN: until the server has said it, 5 s at most.
wait_for_log() {
    for _ in $(seq 100); do
        grep -q "$1" "$SERVER_LOG" && break
        sleep 0.05
    done
}

# http PATH CURL-ARG...: leaves the body in $OUT, the headers in $HEAD, the status in CODE.
HEAD=$SCRATCH/head
http() {
    local path=$1
    shift
    CODE=$(curl -s --max-time 120 -o "$OUT" -D "$HEAD" -w '%{http_code}' "$@" "$URL$path")
}

# answers NAME STATUS [JQ-CONDITION]: of the last http.
answers() {
    if [ "$CODE" != "$2" ]; then
        fail "$1" "status $CODE, expected $2" "$(head -c 400 "$OUT")"
    elif [ -n "${3:-}" ] && ! jq -e "$3" <"$OUT" >/dev/null 2>&1; then
        fail "$1" "not so: $3" "$(head -c 600 "$OUT")"
    else
        pass "$1"
    fi
}

# refuses NAME STATUS CODE: an error of the one form.
refuses() {
    answers "$1" "$2" ".error | .code == \"$3\" and (.message | length > 0) and has(\"param\") and
        (.type | length > 0) and (.request_id | length > 0)"
}
