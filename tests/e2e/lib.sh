# Sourced by the end-to-end tests: a scratch directory, checks that count, the closing line.
# The program to test is $AUTOSPEC (default build/autospec); scripts run in the repository's root.
# shellcheck shell=bash
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
ROOT=$PWD
AUTOSPEC=${AUTOSPEC:-$ROOT/build/autospec}
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/autospec-e2e.XXXXXX")
OUT=$SCRATCH/stdout
ERR=$SCRATCH/stderr
# Packed models are kept over the scripts of a run; stores and settings are each script's own.
export AUTOSPEC_CACHE=${AUTOSPEC_CACHE:-$(dirname "$AUTOSPEC")/packed}
export AUTOSPEC_STORE=$SCRATCH/store.db
export HOME=$SCRATCH/home
mkdir -p "$HOME"
unset XDG_CACHE_HOME XDG_DATA_HOME

# The sample vehicles, without what else lies in data/.
SAMPLES=(data/vehicles.csv data/*-20[0-9][0-9].md)

PASSED=0 FAILED=0 SKIPPED=0
# A subshell that a signal ends must not clean up for all.
trap '[ "$BASHPID" != $$ ] || rm -rf "$SCRATCH"' EXIT

pass() {
    GAP=
    PASSED=$((PASSED + 1))
    echo "ok - $1"
}

# not_learned: the next check asks something of models/nano that it has not been trained far enough
# for. It counts as skipped while it fails; once it passes, the mark is to be taken away.
not_learned() {
    GAP=yes
}
GAP=

fail() {
    if [ -n "$GAP" ]; then
        GAP=
        skip "$1 (models/nano has not learned this yet)"
        return
    fi
    FAILED=$((FAILED + 1))
    echo "not ok - $1"
    [ $# -lt 2 ] || printf '  %s\n' "${@:2}"
}

skip() {
    SKIPPED=$((SKIPPED + 1))
    echo "skipped - $1"
}

# run ARG...: runs the program; leaves $OUT, $ERR and $STATUS.
run() {
    "$AUTOSPEC" "$@" >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
}

# The last run did not end by a signal and no sanitizer spoke.
healthy() {
    { [ "$STATUS" -lt 128 ] || [ "$STATUS" -eq 130 ]; } &&
        ! grep -qE 'Sanitizer|runtime error' "$OUT" "$ERR"
}

# exits NAME STATUS: the last run's exit status.
exits() {
    if healthy && [ "$STATUS" -eq "$2" ]; then pass "$1"
    else fail "$1" "exit status $STATUS, expected $2" "$(head -c 600 "$ERR")"; fi
}

# says NAME FILE PATTERN: a line of $OUT or $ERR matches the extended expression.
says() {
    if grep -qE -- "$3" "$2"; then pass "$1"
    else fail "$1" "no line matches: $3" "it said: $(head -c 600 "$2")"; fi
}

# one_error NAME STATUS PATTERN: nothing on stdout, one line "autospec: ..." that matches, the status.
one_error() {
    if healthy && [ "$STATUS" -eq "$2" ] && [ "$(grep -c '' "$ERR")" -eq 1 ] &&
        grep -qE "^autospec: .*($3)" "$ERR" && [ ! -s "$OUT" ]; then pass "$1"
    else fail "$1" "exit status $STATUS, expected $2 and one line with: $3" \
        "$(head -c 600 "$ERR")" "stdout: $(head -c 200 "$OUT")"; fi
}

# check NAME COMMAND...: the command succeeds.
check() {
    local name=$1
    shift
    if "$@" >"$SCRATCH/check" 2>&1; then pass "$name"
    else fail "$name" "failed: $*" "$(head -c 600 "$SCRATCH/check")"; fi
}

# python_with NAME IMPORT PACKAGE...: the Python of an environment with these packages from PyPI, made
# once for all builds. Fails where PyPI cannot be had.
python_with() {
    local venv=$ROOT/build/python/$1 import=$2
    shift 2
    mkdir -p "$ROOT/build/python"
    (
        flock 9
        "$venv/bin/python" -c "import $import" 2>/dev/null && exit
        rm -rf "$venv"
        { python3 -m venv "$venv" && timeout 300 "$venv/bin/pip" install -q --retries 1 \
            --timeout 10 "$@"; } >"$SCRATCH/pip.log" 2>&1 && exit
        rm -rf "$venv"
        exit 1
    ) 9>"$venv.lock" && echo "$venv/bin/python"
}

# make_it TARGET VARIABLE...: make of the build that is tested, for install and uninstall, which write
# into its folder: one at a time.
make_it() {
    local build
    build=$(dirname "$AUTOSPEC")
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS flock "$build/install.lock" make -s BUILD="$build" "${@:2}" "$1"
}

# take_counts: the checks of a test in Python, from $OUT (tests/e2e/serving.py).
take_counts() {
    local line
    while IFS= read -r line; do
        case $line in
        "ok - "*) pass "${line#ok - }" ;;
        "not ok - "*) fail "${line#not ok - }" ;;
        *" passed, "*" failed"*) ;;
        *) echo "  $line" ;;
        esac
    done <"$OUT"
}

# The closing line, and the exit status that goes with it.
finish() {
    if [ $SKIPPED -gt 0 ]; then echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
    else echo "$PASSED passed, $FAILED failed"; fi
    [ $FAILED -eq 0 ]
    exit
}
