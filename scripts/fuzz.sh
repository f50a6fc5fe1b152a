#!/bin/sh
# Runs each fuzzer of a build directory: `sh scripts/fuzz.sh BUILD SECONDS`. Inputs that are found
# stay in BUILD/corpus; the committed ones in tests/fuzz/corpus/NAME are where it starts.
set -eu
build=$1
seconds=$2
found=0 failed=0
for program in "$build"/tests/fuzz/fuzz_*; do
    case $program in *.o | *.d | *'*') continue ;; esac
    name=$(basename "$program")
    name=${name#fuzz_}
    found=$((found + 1))
    work=$build/corpus/$name
    mkdir -p "$work" "$build/crashes"
    seeds=
    [ -d "tests/fuzz/corpus/$name" ] && seeds=tests/fuzz/corpus/$name
    echo "fuzzing $name for $seconds s"
    # shellcheck disable=SC2086 # no seeds, no argument
    if "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/crashes/$name-" "$work" $seeds >"$build/$name.log" 2>&1; then
        sed -n 's/^stat::number_of_executed_units: */  runs without a finding: /p' "$build/$name.log"
    else
        failed=$((failed + 1))
        tail -n 40 "$build/$name.log"
        echo "  $name FAILED; its input is under $build/crashes"
    fi
done
if [ "$found" = 0 ]; then
    echo "no fuzzer in $build/tests/fuzz" >&2
    exit 1
fi
echo "$((found - failed)) passed, $failed failed"
[ "$failed" = 0 ]
