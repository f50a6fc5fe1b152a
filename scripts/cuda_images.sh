#!/bin/sh
# Writes the assembler file that puts the compiled kernels into the program
# (src/backend/cuda/images.h): `sh scripts/cuda_images.sh OUT [FATBIN...]`. Without any it says that
# the GPU backend is left out. A file that would not change is left as it is.
set -eu

out=$1
shift
mkdir -p "$(dirname "$out")"
new=$out.new
{
    printf '\t.section .rodata\n\t.balign 8\n\t.globl cuda_n_images\n\t.hidden cuda_n_images\n'
    printf 'cuda_n_images:\n\t.quad %d\n' $#
    n=0
    for image; do
        printf '\t.balign 64\ncuda_image_%d:\n\t.incbin "%s"\n' "$n" "$image"
        n=$((n + 1))
    done
    printf '\t.section .data.rel.ro,"aw"\n\t.balign 8\n\t.globl cuda_images\n\t.hidden cuda_images\n'
    printf 'cuda_images:\n'
    i=0
    while [ $i -lt $n ]; do
        printf '\t.quad cuda_image_%d\n' $i
        i=$((i + 1))
    done
    printf '\t.quad 0\n\t.section .note.GNU-stack,"",@progbits\n'
} >"$new"
if cmp -s "$new" "$out"; then
    rm "$new"
    exit 0
fi
mv "$new" "$out"
[ $# -gt 0 ] || echo "autospec: nvcc is not found: the GPU backend is left out of this build" >&2
