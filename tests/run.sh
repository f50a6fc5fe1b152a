#!/bin/bash
# Runs all tests of the given build directories: `tests/run.sh [--no-e2e] BUILD...`.
#
# As many programs run at a time as there are cores (TEST_JOBS says otherwise), the longest first; those
# that compute with several threads have the machine to themselves, for beside another program they
# wait for each other. Results come as programs end.
#
# The unit and golden tests are cmocka programs, whose own counts are added up. Golden tests that
# compute (they include variant.h) run with each instruction set of this machine, by one thread and
# by two; with a sanitizer by two. What needs no second look is run for the last build
# alone. With TEST_LONG=1 no test is shortened for a sanitizer. The end-to-end tests are scripts in tests/e2e that get
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

JOBS=${TEST_JOBS:-$(nproc)}
RESULTS=$(mktemp -d)
trap '[ "$BASHPID" != $$ ] || { kill $(jobs -p) 2>/dev/null; wait; rm -rf "$RESULTS"; }' EXIT
trap 'exit 130' INT TERM

skipped=0   # variants that this machine cannot run
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

# run NUMBER KIND BUILD VARIANT PROGRAM...: leaves what there is to say of it in $RESULTS.
run() {
    local number=$1 kind=$2 build=$3 variant=$4 name start ms cpu status log
    shift 4
    name=${*: -1}
    name=${name#"$build"/}
    log=$build/tests/log/$(basename "$name" .sh)${variant:+.${variant//[ ,]/}}.log
    name=$name${variant:+ ($variant)}
    start=$(date +%s%N)
    timeout -k 10 900 "$@" >"$log" 2>&1 </dev/null &
    child=$!
    wait $child
    status=$?
    ms=$((($(date +%s%N) - start) / 1000000))
    times >"$RESULTS/$number.times" # this shell's own, and of what it has waited for
    cpu=$(awk -F'[ms ]+' 'NR == 2 { printf "%.1f", $1 * 60 + $2 + $3 * 60 + $4 }' "$RESULTS/$number.times")
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
    {
        local result=ok
        [ "$f" -gt 0 ] && result=FAILED
        printf '%-6s %-46s %4d passed' "$result" "$build: $name" "$p"
        [ "$f" -gt 0 ] && printf ', %d failed' "$f"
        [ "$s" -gt 0 ] && printf ', %d skipped' "$s"
        printf '%s  (%d.%03d s, %s s of CPU time)\n' "$note" $((ms / 1000)) $((ms % 1000)) "$cpu"
        [ "$s" -gt 0 ] && grep -a '^skipped - ' "$log" | sort -u | head -n 8 | sed 's/^/       /'
        if [ "$f" -gt 0 ]; then
            grep -aE 'FAILED|ERROR|not ok|runtime error|Sanitizer' "$log" | head -n 40 | sed 's/^/    | /'
            tail -n 40 "$log" | sed 's/^/    . /'
        fi
    } >"$RESULTS/$number.text"
    echo "$p $f $s" >"$RESULTS/$number.counts"
}

# ---- what there is to run ----

# Each a line: how long it takes (9: longest), which cores it needs ("one"; "all": the whole machine;
# "few": it waits for most of its time, and runs beside others), kind, build, instruction set,
# threads, program; "-" for none.
plan() {
    local build source name length cores isa threads counts script last=${*: -1}
    for build in "$@"; do
        mkdir -p "$build/tests/log"
        for source in tests/unit/test_*.c tests/golden/test_*.c; do
            [ -e "$source" ] || continue
            # With each instruction set below, that of the program's own choice among them.
            ! grep -q '"variant.h"' "$source" || continue
            length=5 cores=one
            case $(basename "$source" .c) in
            test_cuda_attention | test_cuda_gemm | test_cuda_gemv | test_cuda_engine) length=8 ;;
            test_api | test_batch | test_bench | test_constraint | test_generate | test_packed_model | \
                test_scheduler | test_speculate) cores=all ;;
            esac
            echo "$length $cores cmocka $build - - $build/${source%.c}"
        done
        counts="1 2"
        case $build in *san) counts=2 ;; esac
        for isa in portable avx2 avx512; do
            if ! "$build/autospec" info --isa $isa --cache "$build/tests/packed" >/dev/null 2>&1; then
                echo "0 none $build $isa"
                continue
            fi
            for threads in $counts; do
                cores=all
                [ "$threads" -gt 1 ] || cores=one
                for source in $(grep -l '"variant.h"' tests/golden/test_*.c); do
                    echo "5 $cores cmocka $build $isa $threads $build/${source%.c}"
                done
            done
        done
        [ $e2e = yes ] || continue
        for script in tests/e2e/*.sh; do
            length=5 cores=one
            name=$(basename "$script" .sh)
            case $name in
            lib | *_lib | '*') continue ;;
            # Its requests are the same for every build; the last has the sanitizers.
            server_schemathesis) [ "$build" = "$last" ] || continue ;;
            esac
            case $name in
            pull | page) length=9 cores=few ;;
            hostile) length=9 ;;
            server_openai | server_schemathesis) length=8 ;;
            bench | server | server_killed | server_load | server_many) cores=all ;;
            esac
            echo "$length $cores script $build - - $script"
        done
    done
}

# start_job LINE: in the background.
start_job() {
    local cores kind build isa threads program variant='' pin=''
    # shellcheck disable=SC2034,SC2086 # words of the line
    read -r _ cores kind build isa threads program <<<"$1"
    n_started=$((n_started + 1))
    local number=$n_started
    names[number]="$build: $program"
    (
        child=
        trap - EXIT INT
        trap 'kill $child 2>/dev/null; exit 143' TERM
        if [ "$isa" != - ]; then
            export AUTOSPEC_ISA=$isa LLM_THREADS=$threads
            variant="$isa, $threads thread$([ "$threads" = 1 ] || echo s)"
        fi
        if [ "$kind" = script ]; then
            export AUTOSPEC=$PWD/$build/autospec
            # What the script starts uses one thread then, and does not wait for a core of others.
            [ "$cores" != one ] || pin=$(one_core "$number")
            # shellcheck disable=SC2086 # a command of words, or none
            run "$number" script "$build" "" $pin bash "$program"
        else
            run "$number" cmocka "$build" "$variant" "$program"
        fi
    ) &
    number_of[$!]=$number
    n_running=$((n_running + 1))
    weight[number]=1
    [ "$cores" != few ] || weight[number]=0
    n_busy=$((n_busy + weight[number]))
}

# The command that keeps job N to one of the cores that there are; nothing with one job at a time.
CORES=$(taskset -cp $$ 2>/dev/null | sed 's/.*: //' | tr ',' '\n' | while IFS=- read -r a b; do seq "$a" "${b:-$a}"; done)
one_core() {
    [ "$JOBS" -gt 1 ] && [ -n "$CORES" ] || return 0
    # shellcheck disable=SC2086 # numbers
    set -- "$1" $CORES
    local pick=$(($1 % ($# - 1) + 2))
    echo "taskset -c ${!pick}"
}

# Waits for one to end, and says how it went.
end_job() {
    local pid number
    wait -n -p pid
    number=${number_of[$pid]}
    n_running=$((n_running - 1)) n_busy=$((n_busy - weight[number]))
    if [ -s "$RESULTS/$number.counts" ]; then
        cat "$RESULTS/$number.text"
    else
        echo "FAILED ${names[number]}: its run was broken off"
        echo "0 1 0" >"$RESULTS/$number.counts"
    fi
}

n_started=0 n_running=0 n_busy=0 # busy: all but those of few cores
declare -a names weight number_of
PLAN=$(plan "$@" | sort -s -k1,1nr)
while read -r _ _ build isa; do
    echo "$build: no $isa in this machine: its golden tests are left out"
    skipped=$((skipped + 1))
done < <(grep '^0 none' <<<"$PLAN")
for cores in 'one\|few' all; do
    most=$JOBS
    [ "$cores" != all ] || most=1
    while read -r line; do
        while [ $n_busy -ge "$most" ]; do end_job; done
        start_job "$line"
    done < <(grep "^[1-9] \($cores\) " <<<"$PLAN")
    while [ $n_running -gt 0 ]; do end_job; done
done

cat "$RESULTS"/*.counts | {
    passed=0 failed=0
    while read -r p f s; do
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    done
    [ $skipped -gt 0 ] && echo "$skipped skipped"
    echo "$passed passed, $failed failed"
    [ $failed -eq 0 ] && [ $passed -gt 0 ]
}
