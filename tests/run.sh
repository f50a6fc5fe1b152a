#!/bin/bash
# Runs all tests of the given build directories: `tests/run.sh [--no-e2e] BUILD...`.
#
# The unit and golden tests are cmocka programs, whose own counts are added up. Golden tests that
# compute (they include variant.h) run once more with each instruction set of this machine, by one
# thread and by two; with a sanitizer by two. The end-to-end tests are scripts in tests/e2e that get
# the program to test in $AUTOSPEC and end with a line "N passed, N failed". A program that
# crashes, hangs, leaks or counts nothing is a failure of its own. The last line is "N passed, N
# failed" over everything.
set -u
cd "$(dirname "$0")/.." || exit 1
e2e=yes
if [ "${1:-}" = --no-e2e ]; then
    e2e=no
    shift
fi
[ $# -gt 0 ] || set -- build

export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:allocator_may_return_null=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
export TSAN_OPTIONS="${TSAN_OPTIONS:-halt_on_error=0:exitcode=66}"
# A test's figures must not depend on the settings of whoever runs it.
# shellcheck disable=SC2046 # names, one a word
unset $(env | sed -n 's/^\(LLM_[A-Z_0-9]*\|AUTOSPEC_[A-Z_]*\|DEEPSEEK_MODEL\|DEVICE\|HOST\|PORT\|API_KEY\|HF_[A-Z_]*\|TRANSFORMERS_[A-Z]*\|CMOCKA_[A-Z_]*\)=.*/\1/p')

passed=0 failed=0 skipped=0
p=0 f=0 s=0 # of one program

# The counts in a log, as p, f and s.
count_cmocka() {
    # cmocka writes to both streams, so that its lines may begin in the middle of another.
    eval "$(grep -aoE '\[  (PASSED|FAILED|SKIPPED) +\] [0-9]+ test' "$1" | awk '
        $2 == "PASSED" { p += $4 }
        $2 == "FAILED" { f += $4 }
        $2 == "SKIPPED" { s += $4 }
        END { printf "p=%d f=%d s=%d", p, f, s }')"
}

count_script() {
    eval "$(awk '
        /^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/ { p = $1; f = $3; s = $5 }
        END { printf "p=%d f=%d s=%d", p, f, s }' "$1")"
}

variant= # of the program that runs: "avx2, 1 thread"

# run KIND BUILD PROGRAM...
run() {
    local kind=$1 build=$2 name start seconds status log
    shift 2
    name=${*: -1}
    name=${name#"$build"/}
    log=$build/tests/log/$(basename "$name" .sh)${variant:+.${variant//[ ,]/}}.log
    name=$name${variant:+ ($variant)}
    mkdir -p "$build/tests/log"
    start=$(date +%s%N)
    timeout -k 10 900 "$@" >"$log" 2>&1 </dev/null
    status=$?
    seconds=$((($(date +%s%N) - start) / 1000000))
    "count_$kind" "$log"
    local note=
    # cmocka exits with the number of failed tests; anything else non-zero is a death of its own.
    if [ $status -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
        note=", exit status $status"
        [ $status -eq 124 ] && note=", timed out"
    elif [ $status -ge 124 ]; then
        f=$((f + 1))
        note=", exit status $status"
    elif [ $((p + f + s)) -eq 0 ]; then
        f=1
        note=", counted no test"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    local result=ok
    [ "$f" -gt 0 ] && result=FAILED
    printf '%-6s %-46s %4d passed' "$result" "$build: $name" "$p"
    [ "$f" -gt 0 ] && printf ', %d failed' "$f"
    [ "$s" -gt 0 ] && printf ', %d skipped' "$s"
    printf '%s  (%d.%03d s)\n' "$note" $((seconds / 1000)) $((seconds % 1000))
    [ "$s" -gt 0 ] && grep -a '^skipped - ' "$log" | sort -u | head -n 8 | sed 's/^/       /'
    if [ "$f" -gt 0 ]; then
        grep -aE 'FAILED|ERROR|not ok|runtime error|Sanitizer' "$log" | head -n 40 | sed 's/^/    | /'
        tail -n 40 "$log" | sed 's/^/    . /'
    fi
}

run_variants() {
    local isa threads counts="1 2" source
    case $1 in *san) counts=2 ;; esac
    for isa in portable avx2 avx512; do
        if ! "$1/autospec" info --isa $isa --cache "$1/tests/packed" >/dev/null 2>&1; then
            echo "no $isa in this machine: its golden tests are left out"
            skipped=$((skipped + 1))
            continue
        fi
        for threads in $counts; do
            variant="$isa, $threads thread$([ $threads = 1 ] || echo s)"
            for source in $(grep -l '"variant.h"' tests/golden/test_*.c); do
                export AUTOSPEC_ISA=$isa LLM_THREADS=$threads
                run cmocka "$1" "$1/${source%.c}"
                unset AUTOSPEC_ISA LLM_THREADS
            done
        done
    done
    variant=
}

for build in "$@"; do
    for source in tests/unit/test_*.c tests/golden/test_*.c; do
        [ -e "$source" ] || continue
        run cmocka "$build" "$build/${source%.c}"
    done
    run_variants "$build"
    [ $e2e = yes ] || continue
    for script in tests/e2e/*.sh; do
        case $script in *lib.sh | *'*.sh') continue ;; esac
        AUTOSPEC=$PWD/$build/autospec run script "$build" bash "$script"
    done
done

[ $skipped -gt 0 ] && echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
