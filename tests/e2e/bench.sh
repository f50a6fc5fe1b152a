#!/bin/bash
# autospec bench: the rows that are asked for, as text and as JSON, of a model and of a shape; what it
# prints follows from the samples that it prints. Nothing here depends on how fast it was.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
unset DEEPSEEK_MODEL LLM_USE_4BIT LLM_USE_8BIT LLM_KV_BITS LLM_MEMORY

run bench --quick --only memory,decode,start
exits "three rows of the model that is set" 0
says "what was measured on" "$OUT" '^nano: 4-bit weights, KV cache of 8 bits; cpu '
says "the work" "$OUT" '^decode +one sequence, short context$'
says "its figure with its spread" "$OUT" '^ +[0-9.]+ \([0-9.]+ to [0-9.]+\) +tokens/s, 3 times$'
says "beside the limit and the goal" "$OUT" \
    '^ +[0-9.]+ \([0-9.]+ to [0-9.]+\) +% of the read bandwidth; goal at least 90\.0: (NOT )?reached$'
says "the limits themselves" "$OUT" 'GB/s read, [0-9]+ times$'
check "no other row" test "$(grep -cE '^(memory|decode|start|prefill|batch|copy)' "$OUT")" -eq 3
run bench --quick --only start
says "a packed model is started" "$OUT" 's beyond the prefill of 16 tokens'

run bench --shape models/nano --quick --json --kv-bits 16
exits "all rows of a shape" 0
check "are in the JSON, in order" jq -e '[.rows[].name] == ["memory", "decode", "decode-long",
    "prefill", "prefill-long", "batch", "threads", "copy", "no-copy", "prefix", "start"]' "$OUT"
check "with what they were measured on" jq -e '.model == "nano" and .kv_bits == 16 and
    .quantization == "4-bit" and .threads >= 1 and .bits_a_weight > 4.2 and
    .token_weight_bytes > 1e6 and .limits.read.median > 0 and .limits.integers.median > 0' "$OUT"
check "medians and spreads are those of the samples" jq -e '
    def near($a; $b): ($a - $b) * ($a - $b) <= 1e-18 * $b * $b;
    def good: (.samples | sort) as $s | ($s | length) as $n |
        near(.least; $s[0]) and near(.most; $s[$n - 1]) and
        near(.median; ($s[($n - 1) / 2 | floor] + $s[$n / 2 | floor]) / 2);
    all(.rows[] | select(.value); (.value | good) and (.score | good)) and
    (.limits.read | good) and (.limits.integers | good)' "$OUT"
check "reached is what median and goal say" jq -e 'all(.rows[] | select(.value);
    .reached == (if .goal_is_upper_bound then .score.median <= .goal
                 else .score.median >= .goal end))' "$OUT"
check "a row that could not be measured says so and has no figure" jq -e '.rows[] |
    select(.name == "start") | (has("value") | not) and (has("reached") | not) and
    (.note | test("not measured"))' "$OUT"
check "long contexts are what the model has" jq -e '.rows[] | select(.name == "decode-long") |
    .note | test("^3968 tokens, 16-bit KV")' "$OUT"

run bench --only decode --threads 1 --quick --only threads
says "one thread cannot be compared with two" "$OUT" 'not measured: there is one thread'

run bench --only decod
one_error "a row that there is not" 2 '"decod" is not one of memory, decode, decode-long, prefill'
run bench nano
one_error "an argument" 2 'bench takes no argument'
run bench --shape no-such-folder
one_error "a shape that there is not" 1 'no-such-folder'
run bench --shape tests/golden/configs/DeepSeek-R1-Distill-Llama-70B --quant none --memory 4G
one_error "a shape that does not fit" 1 'needs .* GB'
CUDA_VISIBLE_DEVICES='' run bench --device cuda
one_error "a device that there is not" 1 'device "cuda": there is no GPU: .*DEVICE=auto would compute on the CPU'

finish
