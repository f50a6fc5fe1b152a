#!/bin/bash
# Damaged GGUF files: each gives one clear line that names the file and a non-zero exit status, and
# never a crash, a hang or a sanitizer's finding. Then what `quantize` makes of those in order.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

export AUTOSPEC_CACHE=$SCRATCH/packed
GOOD=tests/golden/gguf/qwen2-q8_0.gguf
SHARD=tests/golden/gguf/llama-linear-bf16
BAD=$SCRATCH/bad.gguf

fresh() {
    cp "$GOOD" "$BAD"
    chmod u+w "$BAD"
}

# model NAME PATTERN [FILE]: the file is refused with a line that matches.
model() {
    timeout 60 "$AUTOSPEC" generate --model "${3:-$BAD}" --max-tokens 2 x >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
    one_error "$1" 1 "\.gguf.*($2)"
}

# le BYTES NUMBER: the number, lowest byte first.
le() {
    local n=$2 i
    for ((i = 0; i < $1; i++)); do
        # shellcheck disable=SC2059 # the format is the byte
        printf "\\x$(printf %02x $((n & 255)))"
        n=$((n >> 8))
    done
}

# put OFFSET: standard input over the bytes from there on.
put() {
    dd of="$BAD" bs=1 seek="$1" conv=notrunc status=none
}

# Where the text stands first; the value of a key begins 4 bytes (its type) behind it.
find_text() {
    LC_ALL=C grep -abom1 -- "$1" "$GOOD" | head -n 1 | cut -d: -f1
}
after() {
    echo $(($(find_text "$1") + ${#1}))
}

run generate --model "$GOOD" --max-tokens 2 x
exits "the file in order opens" 0

# ---- header ----

fresh; printf 'GGML' | put 0
model "bad magic" 'offset 0'
: >"$BAD"
model "an empty file" 'offset 0'
fresh; le 4 1 | put 4
model "version 1" 'version 1'
fresh; le 4 $((3 << 24)) | put 4
model "big-endian" 'big-endian'
fresh; le 8 $((1 << 60)) | put 8
model "2^60 tensors" '1152921504606846976 tensors'
fresh; le 8 $((1 << 60)) | put 16
model "2^60 values" '1152921504606846976 metadata values'
fresh; le 8 -1 | put 16
model "2^64 - 1 values" '18446744073709551615 metadata values'
head -c 1000 "$GOOD" >"$BAD"
model "cut in the metadata" 'offset [0-9]+'
head -c -100 "$GOOD" >"$BAD"
model "cut in the data" 'past the end of the data'

# ---- metadata ----

fresh; le 8 $((1 << 60)) | put 24
model "a key of 2^60 bytes" 'offset 24'
fresh; le 8 $((1 << 40)) | put $(($(after general.architecture) + 4))
model "a string past the end" 'general.architecture'
fresh; le 4 77 | put "$(after general.architecture)"
model "a value of type 77" 'unknown type 77'
fresh; le 8 $((1 << 60)) | put $(($(after tokenizer.ggml.tokens) + 8))
model "an array of 2^60 strings" 'tokenizer.ggml.tokens.*1152921504606846976'
fresh; le 8 $((1 << 61)) | put $(($(after tokenizer.ggml.token_type) + 8))
model "an array whose size overflows" 'tokenizer.ggml.token_type'
fresh; printf 'tokenizer.ggml.bos_token_id' | put "$(find_text tokenizer.ggml.eos_token_id)"
model "a key that is there twice" 'bos_token_id" is there twice'
fresh; printf 'qwen9' | put $(($(after general.architecture) + 12))
model "an architecture that is none of ours" 'general.architecture.*qwen9'
fresh; le 4 0 | put $(($(after qwen2.block_count) + 4))
model "no layers" 'qwen2.block_count" is 0'
fresh; le 4 -1 | put $(($(after qwen2.embedding_length) + 4))
model "a width of 2^32 - 1" 'qwen2.embedding_length" is 4294967295'
fresh; le 4 128 | put $(($(after qwen2.feed_forward_length) + 4))
model "another width than the tensors have" 'ffn_gate.weight": shape'
fresh; le 4 3 | put $(($(after qwen2.block_count) + 4))
model "more layers than there are" 'blk.2.attn_norm.weight'
fresh; printf 'wordpiec' | put $(($(after tokenizer.ggml.pre) + 12))
model "a pre-tokenizer that is none of ours" 'tokenizer.ggml.pre'

# alignment VALUE: the smallest key, of type u32, becomes the alignment.
alignment() {
    # qwen2.block_count is as long as general.alignment, and the model is refused before it is missed.
    fresh; printf 'general.alignment' | put "$(find_text qwen2.block_count)"
    le 4 "$1" | put $(($(after qwen2.block_count) + 4))
    model "an alignment of $1" 'general.alignment'
}
alignment 0
alignment 48
alignment $((1 << 30))

# ---- tensors ----

# The entry of a tensor: its name, the number of dimensions (4), dimensions (8 each), type (4),
# offset (8).
fresh; le 4 9 | put "$(after blk.0.attn_q.weight)"
model "nine dimensions" 'blk.0.attn_q.weight": 9 dimensions'
fresh; le 8 0 | put $(($(after blk.0.attn_q.weight) + 4))
model "a dimension of 0" 'blk.0.attn_q.weight": a dimension of 0'
fresh; { le 8 $((1 << 40)); le 8 $((1 << 40)); } | put $(($(after blk.0.attn_q.weight) + 4))
model "a shape that overflows" 'blk.0.attn_q.weight": its shape overflows'
fresh; le 8 48 | put $(($(after blk.0.attn_q.weight) + 4))
model "rows of half a block" 'blk.0.attn_q.weight": rows of 48'
fresh; le 4 99 | put $(($(after blk.0.attn_q.weight) + 20))
model "type 99" 'blk.0.attn_q.weight": unknown type 99'
fresh; le 4 16 | put $(($(after blk.0.attn_q.weight) + 20))
model "a type that is not read" 'blk.0.attn_q.weight": type IQ2_XXS is not supported'
fresh; le 8 8 | put $(($(after blk.0.attn_q.weight) + 24))
model "an unaligned offset" 'blk.0.attn_q.weight": data offset 8'
fresh; le 8 $(((1 << 63) - 32)) | put $(($(after blk.0.attn_q.weight) + 24))
model "an offset that overflows" 'blk.0.attn_q.weight": data at offset 9223372036854775776'
fresh; le 8 0 | put $(($(after blk.0.attn_q.weight) + 24))
model "tensors that overlap" 'overlap at data offset'
fresh; printf 'blk.0.attn_k.weight' | put "$(find_text blk.0.attn_v.weight)"
model "a tensor that is there twice" 'blk.0.attn_k.weight" is there twice'
fresh; { le 8 32; le 8 128; } | put $(($(after blk.0.attn_q.weight) + 4))
model "the wrong shape" 'blk.0.attn_q.weight": shape is \(128, 32\)'
# The last tensor is a norm, of F32.
not_a_number() {
    fresh; le 4 $((0x7fc00000)) | put $(($(stat -c %s "$GOOD") - 128))
}
not_a_number
model "a weight that is not a number" 'output_norm.weight": 1 of 64 weights are not finite'

# ---- shards ----

mkdir "$SCRATCH/shards"
cp "$SHARD"-0000[13]-of-00003.gguf "$SCRATCH/shards"
model "a shard that is missing" 'No such file' \
    "$SCRATCH/shards/llama-linear-bf16-00001-of-00003.gguf"
cp "$SHARD"-00001-of-00003.gguf "$SCRATCH/shards/llama-linear-bf16-00002-of-00003.gguf"
model "a shard in the place of another" 'split.no' \
    "$SCRATCH/shards/llama-linear-bf16-00001-of-00003.gguf"
cp "$SHARD"-00001-of-00003.gguf "$SCRATCH/one.gguf"
model "a shard under another name" 'split.count' "$SCRATCH/one.gguf"

# ---- quantize ----

for type in q4 q8; do
    for source in "$GOOD" tests/golden/models/qwen3-yarn tests/golden/gguf/llama-llama3-q8_0.gguf; do
        name="$(basename "$source") to $type"
        quant=4bit
        [ $type = q8 ] && quant=8bit
        to=$SCRATCH/$type-$(basename "$source" .gguf)
        run quantize "$source" --to $type -o "$to"
        exits "quantize: $name" 0
        "$AUTOSPEC" generate --model "$source" --quant $quant --max-tokens 8 --temperature 0 --raw abc \
            >"$SCRATCH/expected" 2>/dev/null
        # Elsewhere, later, and asked for in the other type.
        mv "$to" "$SCRATCH/moved" && touch "$SCRATCH/moved"/*
        run generate --model "$SCRATCH/moved" --quant 8bit --max-tokens 8 --temperature 0 --raw abc
        exits "quantize: the folder opens: $name" 0
        check "quantize: and says the same: $name" cmp "$SCRATCH/expected" "$OUT"
        mv "$SCRATCH/moved" "$to"
    done
done
ONE=$SCRATCH/q4-qwen2-q8_0
run quantize "$ONE" --to q8 -o "$SCRATCH/again"
one_error "quantize: what is quantized already" 2 'quantized already'
run quantize "$GOOD" --to q4 -o "$ONE"
one_error "quantize: a folder that is not empty" 2 'no empty folder'
run quantize "$GOOD" --to q5 -o "$SCRATCH/x"
one_error "quantize: a type that is none" 2 '"q5" is not one of q4 or q8'
run quantize "$GOOD" --to q4
one_error "quantize: without a folder" 2 'needs --output'
run quantize --to q4 -o "$SCRATCH/x"
one_error "quantize: without a model" 2 'one argument'
not_a_number
run quantize "$BAD" --to q4 -o "$SCRATCH/x"
one_error "quantize: a model that is damaged" 1 'bad\.gguf.*not finite'
check "quantize: and nothing is left of it" sh -c '! ls -d "$1"/x*' sh "$SCRATCH"
mkdir "$SCRATCH/empty"
run quantize "$GOOD" --to q4 -o "$SCRATCH/empty/"
exits "quantize: into an empty folder" 0
check "quantize: the same file each time" cmp "$ONE/model.packed.safetensors" \
    "$SCRATCH/empty/model.packed.safetensors"
printf ' ' >>"$SCRATCH/empty/config.json"
run generate --model "$SCRATCH/empty" --max-tokens 2 x
one_error "quantize: another config.json" 1 'model\.packed\.safetensors.*does not belong'
printf 'xx' | dd of="$ONE/model.packed.safetensors" bs=1 seek=20000 conv=notrunc status=none
run generate --model "$ONE" --max-tokens 2 x
one_error "quantize: damage to the weights" 1 'model\.packed\.safetensors.*checksum'
truncate -s -100 "$ONE/model.packed.safetensors"
run generate --model "$ONE" --max-tokens 2 x
one_error "quantize: a file that was cut" 1 'model\.packed\.safetensors'

finish
