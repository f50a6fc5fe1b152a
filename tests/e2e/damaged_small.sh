#!/bin/bash
# Damaged copies of the tiny models of tests/golden/models, one architecture or another, sharded or
# not: what damaged.sh does not show with the embedded model (values that are no numbers, shards that
# are cut or doubled, biases and norms that are missing, merges that lead nowhere), and that `info`
# and `tokenize` refuse as `generate` does. Made with head, tail, printf, dd and sed alone.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

export AUTOSPEC_CACHE=$SCRATCH/packed
MODELS=tests/golden/models
BAD=$SCRATCH/bad

# fresh MODEL: a copy, to be damaged.
fresh() {
    rm -rf "$BAD"
    cp -r "$MODELS/$1" "$BAD"
    rm -f "$BAD/vectors.safetensors"
    chmod -R u+w "$BAD"
}

# refused NAME PATTERN: info and generate say one line that matches, and exit with 1.
refused() {
    timeout 60 "$AUTOSPEC" info --model "$BAD" >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
    one_error "info: $1" 1 "$2"
    timeout 60 "$AUTOSPEC" generate --model "$BAD" --max-tokens 2 x >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
    one_error "generate: $1" 1 "$2"
}

# refused_text NAME PATTERN: the same of tokenize, which reads no weights.
refused_text() {
    timeout 60 "$AUTOSPEC" tokenize --model "$BAD" "The car" >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
    one_error "tokenize: $1" 1 "$2"
}

# A number as 8 bytes, the lowest first.
le64() {
    local n=$1
    for _ in 1 2 3 4 5 6 7 8; do
        # shellcheck disable=SC2059 # the format is the byte
        printf "\\x$(printf %02x $((n & 255)))"
        n=$((n >> 8))
    done
}

header_length() {
    od -An -t u8 -N8 "$1" | tr -d ' '
}

# reheader FILE SED: the file in $BAD with a changed header and the same data.
reheader() {
    local file=$BAD/$1 length
    length=$(header_length "$file")
    tail -c +9 "$file" | head -c "$length" | sed -E "$2" >"$SCRATCH/header"
    tail -c +$((9 + length)) "$file" >"$SCRATCH/data"
    [ "$(head -c $((8 + length)) "$file" | tail -c +9 | cksum)" != "$(cksum <"$SCRATCH/header")" ] ||
        fail "an edit of a header changed nothing" "$2"
    {
        le64 "$(wc -c <"$SCRATCH/header")"
        cat "$SCRATCH/header" "$SCRATCH/data"
    } >"$file"
}

# poke FILE TENSOR BYTES: puts the bytes (for printf) at the start of a tensor's data.
poke() {
    local file=$BAD/$1 length begin
    length=$(header_length "$file")
    begin=$(tail -c +9 "$file" | head -c "$length" |
        sed -E "s/.*\"$2\":\{[^}]*\"data_offsets\":\[([0-9]+),.*/\1/")
    # shellcheck disable=SC2059 # the format is the bytes
    printf "$3" | dd of="$file" bs=1 seek=$((8 + length + begin)) conv=notrunc status=none
}

# edit FILE SED: a text file of $BAD; it is a failure of the test when nothing changes.
edit() {
    cp "$BAD/$1" "$SCRATCH/before"
    sed -E -i "$2" "$BAD/$1"
    ! cmp -s "$SCRATCH/before" "$BAD/$1" || fail "an edit of $1 changed nothing" "$2"
}

for model in qwen2 qwen2-sharded-bf16 llama-linear llama-llama3 qwen3-yarn; do
    fresh $model
    run generate --model "$BAD" --max-tokens 2 x
    exits "$model works undamaged" 0
done

# ---- values that are no numbers ----

fresh qwen2; poke model.safetensors model.layers.1.mlp.up_proj.weight '\0\0\300\177'
refused "a NaN among F32 weights" 'model\.safetensors.*up_proj.*NaN'
fresh qwen2; poke model.safetensors model.embed_tokens.weight '\0\0\200\377'
refused "an infinity in the embedding" 'model\.safetensors.*embed_tokens.*(NaN|infinit)'
fresh qwen2-sharded-bf16; poke model-00002-of-00002.safetensors lm_head.weight '\301\177'
refused "a NaN among BF16 weights" 'model-00002-of-00002\.safetensors.*lm_head.*NaN'
fresh qwen3-yarn; poke model.safetensors model.layers.0.self_attn.k_norm.weight '\0\0\300\377'
refused "a NaN in a norm" 'model\.safetensors.*k_norm.*(NaN|finite)'
fresh llama-llama3; poke model.safetensors model.layers.1.self_attn.o_proj.bias '\0\0\200\177'
refused "an infinity in a bias" 'model\.safetensors.*o_proj\.bias.*(NaN|infinit)'

# ---- headers ----

fresh llama-linear; reheader model.safetensors 's/("lm_head.weight":\{"dtype":)"F32"/\1"F64"/'
refused "a type of another size" 'model\.safetensors.*lm_head'
fresh llama-linear; reheader model.safetensors 's/("model.norm.weight":\{"dtype":)"F32"/\1"I32"/'
refused "integers in place of a norm" 'model\.safetensors.*model\.norm\.weight.*I32'
fresh llama-linear; reheader model.safetensors 's/("model.norm.weight":\{"dtype":)"F32"/\1"Q5_K"/'
refused "a type that nobody knows" 'model\.safetensors.*model\.norm\.weight.*Q5_K'
fresh qwen2; reheader model.safetensors 's/self_attn.k_proj.bias/self_attn.k_proj.bios/'
refused "a bias that is not there" 'self_attn\.k_proj\.bias'
fresh qwen3-yarn; reheader model.safetensors 's/layers.1.self_attn.q_norm/layers.1.self_attn.q_nrom/'
refused "a norm that is not there" 'layers\.1\.self_attn\.q_norm'
fresh qwen2; reheader model.safetensors 's/"shape":\[320,64\]/"shape":[64,320]/'
refused "a matrix on its side" 'model\.safetensors.*embed_tokens.*64'
fresh qwen2; reheader model.safetensors 's/"shape":\[320,64\]/"shape":[320,64,1]/'
refused "a dimension too many" 'model\.safetensors.*embed_tokens'
fresh qwen2; reheader model.safetensors 's/"shape":\[320,64\]/"shape":[9223372036854775807,4]/'
refused "a shape whose size overflows" 'model\.safetensors.*embed_tokens.*overflow'
fresh qwen2; reheader model.safetensors 's/"data_offsets":\[81920,/"data_offsets":[81916,/'
refused "a tensor that begins in another" 'model\.safetensors.*input_layernorm'
fresh qwen2; reheader model.safetensors 's/\}( *)$/,"model.norm.weight":{}}\1/'
refused "a name that is there twice" 'model\.safetensors.*duplicate'
fresh qwen2; printf '\0\0\0\0\0\1\0\0' | dd of="$BAD/model.safetensors" bs=1 conv=notrunc status=none
refused "a header of a terabyte" 'model\.safetensors.*header length 1099511627776'
fresh qwen2; reheader model.safetensors 's/"__metadata__"/"\xff\xfe"/'
refused "a header that is not UTF-8" 'model\.safetensors'

# ---- shards ----

FIRST=model-00001-of-00002.safetensors SECOND=model-00002-of-00002.safetensors
fresh qwen2-sharded-bf16; rm "$BAD/$SECOND"
refused "a shard is missing" "$SECOND: No such file"
fresh qwen2-sharded-bf16; truncate -s -2 "$BAD/$SECOND"
refused "a shard is cut" "$SECOND"
fresh qwen2-sharded-bf16; cp "$BAD/$FIRST" "$BAD/$SECOND"
refused "the same shard twice" "$SECOND: tensor .* is in $FIRST too"
fresh qwen2-sharded-bf16; : >"$BAD/$FIRST"
refused "an empty shard" "$FIRST"
fresh qwen2-sharded-bf16; rm "$BAD/$FIRST"; mkdir "$BAD/$FIRST"
refused "a folder in a shard's place" "$FIRST.*directory"
fresh qwen2-sharded-bf16; edit model.safetensors.index.json 's/("lm_head.weight": ")[^"]*/\1..\/qwen2\/model.safetensors/'
refused "a shard outside the folder" 'index\.json.*lm_head'
fresh qwen2-sharded-bf16; edit model.safetensors.index.json "s/(\"lm_head.weight\": \")[^\"]*/\\1$([ "$(grep -c "lm_head.*00001" "$BAD/model.safetensors.index.json")" = 1 ] && echo "$SECOND" || echo "$FIRST")/"
refused "a tensor that is in another shard" 'model-0000.-of-00002\.safetensors: tensor "lm_head\.weight" is not in this file'
fresh qwen2-sharded-bf16; head -c 500 "$MODELS/qwen2-sharded-bf16/model.safetensors.index.json" >"$BAD/model.safetensors.index.json"
refused "an index that is cut" 'index\.json: line'

# ---- config.json ----

config() { # MODEL NAME SED PATTERN
    fresh "$1"
    edit config.json "$3"
    refused "$2" "config\.json.*($4)"
}
config qwen3-yarn "a head_dim that the weights do not have" 's/"head_dim": 48/"head_dim": "48"/' head_dim
config qwen3-yarn "an odd head_dim" 's/"head_dim": 48/"head_dim": 47/' 'head_dim 47'
config llama-llama3 "llama3 scaling without its context" 's/"original_max_position_embeddings"/"original"/' original_max
config llama-linear "a scaling by less than 1" 's/"factor": 4.0/"factor": 0.0/' factor
config llama-linear "a scaling that we do not know" 's/"linear"/"dynamic"/' dynamic
config qwen2 "weights that are quantized already" 's/"hidden_act"/"quantization_config": {"bits": 4}, "hidden_act"/' quantization_config
config qwen2 "another activation" 's/"silu"/"gelu"/' 'hidden_act "gelu"'
config qwen2 "sliding windows" 's/"use_sliding_window": false/"use_sliding_window": true/' use_sliding_window
config qwen2 "an end outside the vocabulary" 's/"eos_token_id": 300/"eos_token_id": 320/' 'eos_token_id 320'
config qwen2 "bytes that are not UTF-8" 's/"qwen2"/"qwen\xff"/' 'UTF-8|line'
config qwen2 "a field twice" 's/"hidden_size": 64/"hidden_size": 64, "hidden_size": 32/' 'line [0-9]+'
fresh qwen2; edit config.json 's/"intermediate_size": 160/"intermediate_size": 176/'
refused "a width that the weights do not have" 'model\.safetensors.*mlp\.'
fresh qwen2; edit config.json 's/"num_hidden_layers": 2/"num_hidden_layers": 3/'
refused "a layer that the weights do not have" 'model\.layers\.2\.'
fresh qwen2; printf '{"eos_token_id": [1, "x"]}' >"$BAD/generation_config.json"
refused "generation_config.json with a word for a token" 'generation_config\.json.*eos_token_id'
fresh qwen2; rm "$BAD/config.json"
refused "no config.json" 'config\.json: No such file'
rm -rf "$BAD"
refused "no folder" 'bad'
printf x >"$BAD"
refused "a file in the folder's place" 'bad'

# ---- tokenizer.json ----

text() { # NAME SED PATTERN
    fresh qwen2
    edit tokenizer.json "$2"
    refused "$1" "tokenizer\.json.*($3)"
    refused_text "$1" "tokenizer\.json.*($3)"
}
text "no merges" 's/"merges":/"merged":/' merges
text "merges that are one string" 's/"merges":\[.*/"merges":"a b"}}/' merges
# The strings of a merge run together, so that a cycle needs a side that adds nothing.
text "a cycle of merges" 's/"merges":\[/"merges":[["",""],["","a"],["a",""],/' 'merges\[0\]'
text "a cycle of merges through a token of no bytes" \
    's/"vocab":\{/"vocab":{"":319,/; s/"merges":\[/"merges":[["a",""],["","a"],/' 'merges\[0\]|vocab'
text "a merge of three" 's/"merges":\[/"merges":[["a","b","c"],/' 'merges\[0\]'
text "a merge of what is not there" 's/"merges":\[/"merges":[["QQ","Q"],/' 'merges\[0\].*QQ'
text "a token id of 10^12" 's/"vocab":\{/"vocab":{"QQQ":1000000000000,/' 'QQQ|1000000000000'
text "two tokens of one id" 's/"vocab":\{/"vocab":{"QQQ":7,/' 'QQQ|7'
text "a pattern that does not end" 's/"Regex":"/"Regex":"([/' 'regular expression.*class'
text "bytes that are not UTF-8" 's/"vocab":\{/"vocab":{"\xc3\x28":318,/' 'UTF-8|line'
text "a NUL in a token" 's/"vocab":\{/"vocab":{"Q\\u0000Q":318,/' 'NUL|line|vocab'
fresh qwen2; tr 'e' '\0' <"$MODELS/qwen2/tokenizer.json" >"$BAD/tokenizer.json"
refused_text "NUL bytes" 'tokenizer\.json'
fresh qwen2; : >"$BAD/tokenizer.json"
refused_text "an empty file" 'tokenizer\.json'
fresh qwen2; rm "$BAD/tokenizer.json"; mkdir "$BAD/tokenizer.json"
refused_text "a folder in its place" 'tokenizer\.json.*directory'
fresh qwen2; edit tokenizer.json 's/"vocab":\{/"vocab":{"QQQ":330,/'
refused "a token that the model does not have" 'tokenizer\.json.* 330'

finish
