#!/bin/sh
# clang's warnings over every C file, as errors, and then what clang-format would change, as
# information: `LINT_CFLAGS=... sh scripts/lint.sh AVX2-FLAGS AVX512-FLAGS` (called by `make lint`).
set -eu
avx2=$1 avx512=$2
bad=0 files=0
for file in $(git ls-files -co --exclude-standard '*.c'); do
    case $file in
    *_avx2.c) isa=$avx2 ;;
    *_avx512.c) isa=$avx512 ;;
    *) isa= ;;
    esac
    files=$((files + 1))
    # The flags hold a quoted version string, so they go through the shell's own quoting again; by
    # the environment, because as an argument they would lose it.
    eval "clang -fsyntax-only -Werror $LINT_CFLAGS $isa \"\$file\"" || bad=$((bad + 1))
done
changes=$(git ls-files -co --exclude-standard '*.c' '*.h' |
    xargs clang-format --dry-run 2>&1 | grep -c 'warning: code should be' || true)
echo "clang-format would change $changes places (information only)"
if command -v shellcheck >/dev/null 2>&1; then
    git ls-files -co --exclude-standard '*.sh' | xargs shellcheck -x -S warning || bad=$((bad + 1))
fi
echo "$files C files checked, $bad with warnings"
[ "$bad" = 0 ]
