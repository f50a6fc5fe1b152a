#!/bin/sh
# `make gpu-check`: builds what computes on a GPU and nothing else (nvcc and a C compiler are
# enough, no library), holds it against the CPU, measures it. Results go to bench/results/.
# Called with CC, NVCC and the images of the kernels: `sh scripts/gpu_check.sh CC BUILD IMAGES_O`.
set -eu
cc=$1 build=$2/gpu images=$3
mkdir -p "$build" bench/results

# What needs a library (JSON, checksums, tokenizers) is not called, and dropped by the linker.
sources="bench/gpu.c src/base/arena.c src/base/buffer.c src/base/error.c src/base/file.c
    src/base/log.c src/base/progress.c src/base/thread_pool.c src/model/rope.c src/quant/format.c
    src/quant/quantize.c src/quant/q4_search*.c src/quant/packed_plan.c src/quant/packed_random.c src/quant/packed_model.c
    src/quant/packed_open.c src/quant/packed_encoder.c src/backend/*.c src/backend/cpu/*.c src/backend/cuda/*.c"
objects=
for source in $sources; do
    case $source in
    *attention_avx512.c) isa="-mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni -mavx512bf16 -mavx2 -mfma -mf16c" ;;
    *_avx512.c) isa="-mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni -mavx2 -mfma -mf16c" ;;
    *_avx2.c) isa="-mavx2 -mfma -mf16c" ;;
    *) isa= ;;
    esac
    object=$build/$(echo "$source" | tr / _).o
    # shellcheck disable=SC2086 # words
    $cc -std=c11 -D_GNU_SOURCE -O3 -ffp-contract=off -fno-math-errno -ffunction-sections \
        -fdata-sections -pthread -Wno-psabi -DGPU_ALONE -Isrc $isa -c -o "$object" "$source"
    objects="$objects $object"
done
# shellcheck disable=SC2086 # words
$cc -pthread -Wl,--gc-sections -o "$build/gpu" $objects "$images" -lm -ldl

"$build/gpu" find || exit 1
"$build/gpu" check
if command -v compute-sanitizer >/dev/null 2>&1; then
    # Slow: the first models' steps alone tell of accesses out of bounds.
    timeout 90 compute-sanitizer --error-exitcode 9 "$build/gpu" check >"$build/sanitizer.log" 2>&1 ||
        status=$?
    if [ "${status:-0}" != 0 ] && [ "${status:-0}" != 124 ]; then
        tail -n 30 "$build/sanitizer.log"
        exit 1
    fi
    echo "compute-sanitizer: no errors ($(grep -c '^ok' "$build/sanitizer.log") of the checks)"
else
    echo "compute-sanitizer is not found: left out"
fi
name=bench/results/gpu-$(date -u +%Y%m%d-%H%M%S)
"$build/gpu" bench "$name.json" | tee "$name.txt"
echo "written: $name.txt, $name.json"
