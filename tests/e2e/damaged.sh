#!/bin/bash
# Damaged models and documents: each gives one clear line that names the file and a non-zero exit
# status, and never a crash, a hang or a sanitizer's finding.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

export AUTOSPEC_CACHE=$SCRATCH/packed
GOOD=models/nano
BAD=$SCRATCH/bad

# A fresh copy of the good model, to be damaged; weights are linked until something changes them.
fresh() {
    rm -rf "$BAD"
    cp -r "$GOOD" "$BAD"
    chmod -R u+w "$BAD"
}

# model NAME PATTERN: the folder $BAD is refused with a line that matches.
model() {
    timeout 60 "$AUTOSPEC" generate --model "$BAD" --max-tokens 2 x >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
    one_error "$1" 1 "$2"
}

# edit FILE JQ: rewrites a JSON file of $BAD.
edit() {
    jq -c "$2" "$GOOD/$1" >"$BAD/$1"
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

WEIGHTS=$GOOD/model.safetensors
HEADER=$(od -An -t u8 -N8 "$WEIGHTS" | tr -d ' ')
FIRST=$(tail -c +9 "$WEIGHTS" | head -c "$HEADER" | jq -r 'del(.__metadata__) | keys[0]')
NORM=model.norm.weight

# reheader JQ: the weights with a changed header.
reheader() {
    tail -c +9 "$WEIGHTS" | head -c "$HEADER" |
        jq -c --arg first "$FIRST" --arg norm "$NORM" "$1" | tr -d '\n' >"$SCRATCH/header"
    {
        le64 "$(wc -c <"$SCRATCH/header")"
        cat "$SCRATCH/header"
        tail -c +$((9 + HEADER)) "$WEIGHTS"
    } >"$BAD/model.safetensors"
}

fresh
run generate --model "$BAD" --max-tokens 2 x
exits "the undamaged copy works" 0

# ---- weights ----

fresh; : >"$BAD/model.safetensors"
model "weights: an empty file" 'model\.safetensors'
fresh; rm "$BAD/model.safetensors"
model "weights: missing" 'model\.safetensors'
fresh; rm "$BAD/model.safetensors"; mkdir "$BAD/model.safetensors"
model "weights: a folder" 'model\.safetensors'
fresh; head -c 5 "$WEIGHTS" >"$BAD/model.safetensors"
model "weights: cut within the length" 'model\.safetensors'
fresh; head -c $((HEADER / 2)) "$WEIGHTS" >"$BAD/model.safetensors"
model "weights: cut within the header" 'model\.safetensors'
fresh; head -c -1000 "$WEIGHTS" >"$BAD/model.safetensors"
model "weights: cut within the data" 'model\.safetensors'
fresh; { cat "$WEIGHTS"; printf 'more'; } >"$BAD/model.safetensors"
model "weights: more data than the header tells of" 'model\.safetensors'
fresh; { printf '\377\377\377\377\377\377\377\177'; tail -c +9 "$WEIGHTS"; } >"$BAD/model.safetensors"
model "weights: header length past the end" 'model\.safetensors'
fresh; { le64 0; tail -c +9 "$WEIGHTS"; } >"$BAD/model.safetensors"
model "weights: header of no bytes" 'model\.safetensors'
fresh; { le64 20; printf '{"a": this is not js'; } >"$BAD/model.safetensors"
model "weights: header that is not JSON" 'model\.safetensors'
fresh; reheader '.[$norm].data_offsets = .[$first].data_offsets'
model "weights: overlapping tensors" 'model\.safetensors.*(overlap|offset|bytes)'
fresh; reheader '.[$norm].data_offsets = [9223372036854775000, 9223372036854775807]'
model "weights: offsets past the end" 'model\.safetensors'
fresh; reheader '.[$norm].data_offsets |= [.[1], .[0]]'
model "weights: offsets that run backwards" 'model\.safetensors'
fresh; reheader '.[$norm].data_offsets = ["a", {}]'
model "weights: offsets that are no numbers" 'model\.safetensors'
fresh; reheader '.[$norm].shape = [4294967296, 4294967296, 4294967296]'
model "weights: a shape whose size overflows" 'model\.safetensors'
fresh; reheader '.[$norm].shape = [1, 2, 3]'
model "weights: a shape that does not fit its bytes" 'model\.safetensors'
fresh; reheader '.[$norm].dtype = "I64"'
model "weights: a type that is none of ours" 'model\.safetensors'
fresh; reheader '.["model.norm.wait"] = .[$norm] | del(.[$norm])'
model "weights: a tensor is missing" 'model\.norm\.weight'

# ---- shards ----

shard_index() { # FILE: the weights as one shard of this name, FILE on disk or not
    mv "$BAD/model.safetensors" "$BAD/model-00001-of-00002.safetensors"
    tail -c +9 "$WEIGHTS" | head -c "$HEADER" | jq -c --arg norm "$NORM" --arg other "$1" \
        '{metadata: {}, weight_map: (del(.__metadata__) | with_entries(.value =
            (if .key == $norm then $other else "model-00001-of-00002.safetensors" end)))}' \
        >"$BAD/model.safetensors.index.json"
}
fresh; shard_index model-00002-of-00002.safetensors
model "shards: one is missing" 'model-00002-of-00002\.safetensors'
fresh; shard_index ../../../../etc/passwd
model "shards: a name that leaves the folder" 'index\.json.*passwd'
fresh; shard_index x; printf '{"weight_map": [1, 2' >"$BAD/model.safetensors.index.json"
model "shards: an index that is not JSON" 'index\.json'
fresh; shard_index x; printf '{"weight_map": 7}' >"$BAD/model.safetensors.index.json"
model "shards: an index without a map" 'index\.json'

# ---- config.json ----

config() { # NAME JQ
    fresh
    edit config.json "$2"
    model "config: $1" "${3:-config\.json}"
}
fresh; : >"$BAD/config.json"
model "config: an empty file" 'config\.json'
fresh; printf '{"hidden_size": 1\0}' >"$BAD/config.json"
model "config: a NUL byte" 'config\.json'
config "no architecture" 'del(.architectures, .model_type)'
config "an architecture that is none of ours" '.architectures = ["GPT9ForCausalLM"] | .model_type = "gpt9"'
config "no hidden size" 'del(.hidden_size)' 'config\.json.*hidden_size'
config "layers below 1" '.num_hidden_layers = -4' 'config\.json.*num_hidden_layers'
config "a vocabulary of 10^18" '.vocab_size = 1000000000000000000' 'config\.json.*vocab_size'
config "heads that do not divide" '.num_key_value_heads = 7' 'config\.json.*(heads|num_key_value_heads)'
config "an object as a number" '.intermediate_size = {}' 'config\.json.*intermediate_size'
config "a RoPE scaling that is none of ours" '.rope_scaling = {"rope_type": "wobbly", "factor": 2}' 'config\.json.*rope'
config "shapes that the weights do not have" '.intermediate_size *= 2' 'model\.safetensors|shape'

# ---- tokenizer.json ----

tokenizer() { # NAME JQ
    fresh
    edit tokenizer.json "$2"
    model "tokenizer: $1" 'tokenizer\.json'
}
fresh; rm "$BAD/tokenizer.json"
model "tokenizer: missing" 'tokenizer\.json'
fresh; head -c 50000 "$GOOD/tokenizer.json" >"$BAD/tokenizer.json"
model "tokenizer: cut off" 'tokenizer\.json: line [0-9]+'
tokenizer "no merges" 'del(.model.merges)'
tokenizer "a merge whose result has no id" '.model.merges += [["Z", "Z"]]'
tokenizer "a merge that is no pair" '.model.merges[0] = ["a"]'
tokenizer "merges of things that are nothing" '.model.merges[0] = ["\u2603\u2603", "\u2603"]'
tokenizer "two words of one id" '.model.vocab |= with_entries(.value = 7)'
tokenizer "an id below 0" '.model.vocab.a = -1'
tokenizer "an id of 2^40" '.model.vocab.a = 1099511627776'
tokenizer "a pattern that is none" '.pre_tokenizer.pretokenizers[0].pattern.Regex = "(((["'
tokenizer "a model that is no BPE" '.model.type = "Unigram"'
fresh; { head -c 200000 /dev/zero | tr '\0' '['; } >"$BAD/tokenizer.json"
model "tokenizer: 200,000 open brackets" 'tokenizer\.json'

# ---- packed files: damaged ones are made again, with a warning ----

fresh
run generate --model "$BAD" --max-tokens 2 x
packed=$(find "$AUTOSPEC_CACHE" -type f -size +100k | head -n 1)
check "there is a packed file" test -n "$packed"
for damage in cut flip empty; do
    case $damage in
    cut) truncate -s -5000 "$packed" ;;
    flip) printf '\125\252' | dd of="$packed" bs=1 seek=400000 conv=notrunc status=none ;;
    empty) : >"$packed" ;;
    esac
    run generate --model "$BAD" --max-tokens 2 --temperature 0 x
    exits "a packed file with damage ($damage) is made again" 0
    says "and that is said ($damage)" "$ERR" 'autospec: warning: .*packed'
    run generate --model "$BAD" --max-tokens 2 --temperature 0 x
    check "the new one is good ($damage)" test ! -s "$ERR"
done

# ---- documents ----

# document NAME FILE PATTERN: ingest refuses it, and nothing of it is in the store.
document() {
    timeout 60 "$AUTOSPEC" ingest "$2" >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
    one_error "document: $1" 1 "$3"
    run ingest --list --json
    check "and nothing of it is kept ($1)" jq -e '. == []' "$OUT"
}
# odd NAME FILE PATTERN QUESTION ANSWER: ingest reads it, says what was odd, and the rest is answered from.
odd() {
    timeout 60 "$AUTOSPEC" ingest "$2" >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
    exits "odd document: $1" 0
    [ -z "$3" ] || says "and that is said ($1)" "$OUT" "$3"
    run ask --quiet "$4"
    says "and it is answered from ($1)" "$OUT" "$5"
    run ingest --reset --yes
}
cd "$SCRATCH" || exit 1
document "missing" none.csv 'none\.csv'
printf 'Model,Year\nCam\0ry,2023\n' >nul.csv
document "CSV with a NUL byte" nul.csv 'nul\.csv'
: >empty.csv
document "an empty CSV file" empty.csv 'empty\.csv'
printf 'Model,Year\n' >header.csv
document "CSV with a header alone" header.csv 'header\.csv'
printf '[{"Model": "Camry"}, {"Model": ' >cut.json
document "JSON that was cut off" cut.json 'cut\.json'
{ head -c 200000 /dev/zero | tr '\0' '['; } >deep.json
document "JSON with 200,000 open brackets" deep.json 'deep\.json'
: >empty.md
document "an empty Markdown file" empty.md 'empty\.md'
head -c 5000 /dev/urandom >noise.txt
document "noise as text" noise.txt 'noise\.txt'
cp "$AUTOSPEC" program.txt
document "a program as text" program.txt 'program\.txt'
mkfifo pipe.csv
document "a pipe" pipe.csv 'pipe\.csv'
mkdir nothing
document "a folder with nothing in it" nothing 'nothing'
printf '%%PDF-1.4' >x.pdf
document "a kind that is none of ours" x.pdf 'x\.pdf'

printf 'Make,Model,Year,HP\nToyota,Camry,2023,203\nHonda,"Accord,2023,192\n' >quote.csv
odd "CSV with a quote that is not closed" quote.csv 'line 3: a quote' 'Camry HP' '203 hp'
printf 'Make,Model,Year,HP\nToyota,Camry,2023,203\nHonda,Accord\nKia,Rio,2020,120,9,9\n' >ragged.csv
odd "CSV with rows of other lengths" ragged.csv 'line 3: 2 fields' 'HP of the Kia Rio' '120 hp'
printf 'Make,Model,Year,HP\nCitro\353n,C3,2020,83\n' >latin.csv
odd "CSV that is not UTF-8" latin.csv '' 'HP of the Citroën C3' 'Citroën C3 is 83 hp'
printf '\377\376M\0a\0k\0e\0,\0M\0o\0d\0e\0l\0,\0H\0P\0\n\0K\0i\0a\0,\0R\0i\0o\0,\0001\0002\0000\0\n\0' >wide.csv
odd "CSV in UTF-16" wide.csv '' 'HP of the Kia Rio' '120 hp'
printf '[1, {"make": "Kia", "model": "Rio", "hp": 120}, "three"]' >mixed.json
odd "JSON whose items are not all objects" mixed.json '' 'hp of the Kia Rio' '120 hp'
printf '# 2023 Toyota Camry\n\nWeight: 3310 lb\nColour: \377\376\nSeats: 5\n' >bytes.md
odd "Markdown with bytes that are no UTF-8" bytes.md '' 'seats of the Camry' ' 5 '

finish
