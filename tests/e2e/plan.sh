#!/bin/bash
# autospec plan: the table and its JSON, for every model whose config is here; that an engine then
# takes what was planned; and that what does not fit is refused, with what would.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
unset DEEPSEEK_MODEL LLM_USE_4BIT LLM_USE_8BIT LLM_CONTEXT LLM_KV_BITS LLM_MEMORY HF_HOME \
    HF_HUB_CACHE TRANSFORMERS_CACHE HUGGINGFACE_HUB_CACHE
CONFIGS=tests/golden/configs

# ---- the table ----

run plan $CONFIGS/DeepSeek-R1-Distill-Qwen-7B --memory 10G
exits "plan needs a config.json and nothing else" 0
says "it says what the model is" "$OUT" '^DeepSeek-R1-Distill-Qwen-7B: qwen2, 7\.62 billion parameters; 4096 tokens of context$'
says "4-bit weights fit into 10 GB, and are what is set" "$OUT" '^\* 4-bit KV 16 +4\.34 +0\.24 .* yes +[0-9]+$'
says "an 8-bit KV cache takes half" "$OUT" '^  4-bit KV 8 +4\.34 +0\.12 .* yes '
says "8-bit weights fit" "$OUT" '^  8-bit KV 16 +8\.10 .* yes '
says "bf16 does not, with no context" "$OUT" '^  none  KV 16 +15\.23 .* no +-$'
says "what there is, and who says so" "$OUT" '^10\.00 GB as LLM_MEMORY says\. \* as set now\.$'

LLM_USE_8BIT=true LLM_KV_BITS=8 run plan $CONFIGS/DeepSeek-R1-Distill-Qwen-7B
says "what is set is marked" "$OUT" '^\* 8-bit KV 8 '
check "and nothing else" test "$(grep -c '^\*' "$OUT")" -eq 1
says "the machine's own memory counts" "$OUT" '^[0-9.]+ GB (available on this machine|left by this process.s control group)'
run plan $CONFIGS/DeepSeek-R1-Distill-Qwen-7B --memory off
says "or none does" "$OUT" '^Memory is not checked \(LLM_MEMORY is off\)'
check "then all fits" test "$(grep -c ' yes ' "$OUT")" -eq 6

for dir in "$CONFIGS"/[Dd]eep[Ss]eek-*/; do
    run plan "$dir" --json --memory 24G
    check "$(basename "$dir") is planned" jq -e '(.plans | length) == 6 and
        .limit_bytes == 24000000000 and .parameters > 1e9 and
        all(.plans[]; .total_bytes == .weight_bytes + .kv_bytes + .activation_bytes + .other_bytes and
            .fits == (.total_bytes <= 24000000000) and
            (.fits | not) == (.longest_context < 4096))' "$OUT"
done

run plan --json
check "without a name it is the model that is set" jq -e '.model == "nano"' "$OUT"
run plan
says "a small model is shown in MB" "$OUT" '^MB  .*weights'
run plan tests/golden/gguf/llama-llama3-q8_0.gguf --json
check "a GGUF file is planned" jq -e '.architecture == "llama" and (.plans | length) == 6' "$OUT"

# ---- an engine takes what was planned ----

SIZES='{quantization, context, weight_bytes, kv_bytes, activation_bytes}'
for quant in 4bit 8bit none; do
    for bits in 16 8; do
        run info --json --quant $quant --kv-bits $bits -c 1000
        jq -S "$SIZES" "$OUT" >"$SCRATCH/taken"
        run plan --json --quant $quant --kv-bits $bits -c 1000
        jq -S ".context as \$c | .plans[] | select(.chosen) | .context = \$c | $SIZES" "$OUT" \
            >"$SCRATCH/planned"
        check "$quant with a KV cache of $bits bits takes what was planned" \
            cmp "$SCRATCH/taken" "$SCRATCH/planned"
    done
done

run quantize nano --to q8 -o "$SCRATCH/packed-nano"
run plan "$SCRATCH/packed-nano" --json
check "a packed folder has its own weights only" jq -e '(.plans | length) == 2 and
    all(.plans[]; .quantization == "8-bit")' "$OUT"

# ---- what does not fit is refused ----

run generate -m $CONFIGS/DeepSeek-R1-Distill-Qwen-7B --quant none --memory 10G hi
one_error "bf16 is refused with what fits" 1 \
    'needs 15\.6[0-9] GB .*10\.00 GB can be had; what would fit: 8-bit weights \(--quant 8bit\); 4-bit'
run generate -m $CONFIGS/DeepSeek-R1-Distill-Qwen-7B -c 131072 --memory 9G hi
one_error "a long context with a shorter one" 1 'an 8-bit KV cache .*a shorter context \(--context [0-9]+\)'
context=$(sed -n 's/.*a shorter context (--context \([0-9]*\)).*/\1/p' "$ERR")
run plan $CONFIGS/DeepSeek-R1-Distill-Qwen-7B -c "$context" --memory 9G --json
check "which does fit" jq -e '.plans[] | select(.chosen) | .fits' "$OUT"
LLM_MEMORY=20M run generate --raw hi
one_error "the setting bounds it as the option does" 1 '0\.02 GB can be had'
LLM_MEMORY=20M run generate --raw --memory off --max-tokens 2 hi
exits "off opens it all the same" 0
LLM_MEMORY=20M run eval --limit 1 bench/eval/nano.jsonl
one_error "eval is refused too" 1 'models/nano: needs'

# ---- wrong use ----

run plan a b
one_error "two models are too many" 2 'takes one argument'
run plan no-such-model
one_error "a model that there is not" 1 'there is no model "no-such-model"'
run plan tests/golden/encoders/minilm
one_error "an encoder is none" 1 'is an encoder'
run plan -c 9999
one_error "a context beyond the model's" 2 'context 9999: the model.s limit is 4096'
run plan --memory much
one_error "a size that is none" 2 '"much" is not a size like 8G'

# ---- a model of the Hub whose config alone is in the cache ----

SHA=0123456789abcdef0123456789abcdef01234567
REPO=$HOME/.cache/huggingface/hub/models--some-org--some-model
mkdir -p "$REPO/refs" "$REPO/snapshots/$SHA"
printf %s $SHA >"$REPO/refs/main"
export HF_HUB_OFFLINE=1
run plan some-org/other-model
one_error "a model that is not in the cache, offline" 1 'is not in .*/hub, and HF_HUB_OFFLINE'
run plan some-org/some-model
one_error "a snapshot without a config" 1 'is not in .*/hub, and HF_HUB_OFFLINE'
cp $CONFIGS/DeepSeek-R1-Distill-Qwen-1.5B/config.json "$REPO/snapshots/$SHA/"
run plan some-org/some-model --json
check "is enough to plan it" jq -e '.architecture == "qwen2" and .parameters > 1.5e9' "$OUT"

finish
