#!/bin/bash
# autospec embed over the tiny encoders of tests/golden/encoders, and damaged copies of them: each is
# refused with one line that names what is wrong.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

export AUTOSPEC_CACHE=$SCRATCH/packed
ENCODERS=tests/golden/encoders
BAD=$SCRATCH/bad

# ---- what it prints ----

run embed --model $ENCODERS/minilm "The car" "hp"
exits "two texts" 0
check "two lines, each an array of 64 numbers" \
    awk -F, '!/^\[.*\]$/ || NF != 64 { bad = 1 } END { exit bad || NR != 2 }' "$OUT"
cp "$OUT" "$SCRATCH/arguments"
printf 'The car\nhp\n' | "$AUTOSPEC" embed --model $ENCODERS/minilm - >"$OUT" 2>"$ERR"
check "lines of standard input are texts" cmp "$OUT" "$SCRATCH/arguments"
printf 'The car\r\nhp' | "$AUTOSPEC" embed --model $ENCODERS/minilm >"$OUT" 2>"$ERR"
check "also without -, with CR, and without a newline at the end" cmp "$OUT" "$SCRATCH/arguments"
run embed --model $ENCODERS/minilm "The car" "hp"
check "the second start, from the packed file, prints the same" cmp "$OUT" "$SCRATCH/arguments"
run embed --model $ENCODERS/minilm --json "The car" "hp"
exits "--json" 0
check "--json is JSON with the vectors" python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert d["dim"] == 64 and d["model"] == "minilm" and len(d["embeddings"]) == 2, d
assert d["device"].startswith("cpu "), d["device"]
assert all(abs(sum(x * x for x in e) - 1) < 1e-5 for e in d["embeddings"])' "$OUT"
run embed --model $ENCODERS/bge "The car"
cp "$OUT" "$SCRATCH/passage"
run embed --model $ENCODERS/bge --query "The car"
check "--query puts the model's prompt before a text" test -n "$(cmp "$OUT" "$SCRATCH/passage" 2>&1)"
run embed --model $ENCODERS/colbert --query "The car"
check "ColBERT gives a query 32 vectors" \
    test "$(tr -cd '[' <"$OUT" | wc -c)" -eq 33
run embed --model $ENCODERS/minilm --similarity "The car" "The car" "Bananas are yellow."
says "a text is nearest to itself" "$OUT" '^1\.0000	The car$'
run embed --model $ENCODERS/minilm --similarity --json "The car" "The car"
says "similarities as JSON" "$OUT" '"similarities"'
printf '' | "$AUTOSPEC" embed --model $ENCODERS/minilm - >"$OUT" 2>"$ERR"
STATUS=$?
exits "no text is no failure" 0
check "and prints nothing" test ! -s "$OUT"
run embed --model $ENCODERS/minilm --quant none --threads 1 --isa portable ""
exits "an empty text has a vector too" 0
run embed "The car"
one_error "the model has to be named" 2 '--model is missing'
run embed --model $ENCODERS/minilm --similarity "The car"
one_error "one text has no similarity" 2 'two texts'
run embed --model models/nano "The car"
one_error "a decoder makes no vectors" 1 'config\.json.*qwen2.*bert'
run generate --model $ENCODERS/minilm "The car"
one_error "an encoder writes no text" 1 'bert.*autospec embed|tokenizer|chat'
run embed --model "$SCRATCH/nowhere/x" "The car"
one_error "a folder that is not there" 1 'no such folder'

# ---- damage ----

# fresh MODEL: a copy, to be damaged.
fresh() {
    rm -rf "$BAD"
    cp -r "$ENCODERS/$1" "$BAD"
    rm -f "$BAD/vectors.safetensors"
    chmod -R u+w "$BAD"
}

# edit FILE SED: a text file of $BAD; it is a failure of the test when nothing changes.
edit() {
    cp "$BAD/$1" "$SCRATCH/before"
    sed -E -i "$2" "$BAD/$1"
    ! cmp -s "$SCRATCH/before" "$BAD/$1" || fail "an edit of $1 changed nothing" "$2"
}

# refused NAME PATTERN: one line that matches, and exit status 1.
refused() {
    timeout 60 "$AUTOSPEC" embed --model "$BAD" x >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
    one_error "$1" 1 "$2"
}

# rename_tensor FROM TO: of the same length, in model.safetensors.
rename_tensor() {
    LC_ALL=C sed -i "s/\"$1\"/\"$2\"/" "$BAD/model.safetensors"
}

fresh minilm; rm "$BAD/config.json"; refused "no config.json" 'config\.json'
fresh minilm; edit config.json 's/"num_attention_heads": 4/"num_attention_heads": 0/'
refused "no heads" 'num_attention_heads'
fresh minilm; edit config.json 's/"num_attention_heads": 4/"num_attention_heads": 5/'
refused "heads that do not divide the width" 'hidden_size 64.*num_attention_heads 5'
fresh minilm; edit config.json 's/"num_attention_heads": 4/"num_attention_heads": 8/'
refused "heads of 8 dimensions" 'heads of 8'
fresh minilm; edit config.json 's/"hidden_size": 64/"hidden_size": -64/'
refused "a negative width" 'hidden_size'
fresh minilm; edit config.json 's/"hidden_size": 64/"hidden_size": 128/'
refused "another width than the weights'" 'word_embedding|shape'
fresh minilm; edit config.json 's/"hidden_act": "gelu"/"hidden_act": "gelu_new"/'
refused "another activation" 'hidden_act.*gelu_new'
fresh minilm; edit config.json 's/"absolute"/"relative_key"/'
refused "relative positions" 'position_embedding_type.*relative_key'
fresh minilm; edit config.json 's/"max_position_embeddings": 64/"max_position_embeddings": 65/'
refused "a position too many" 'position_embeddings.*\(64, 64\).*\(65, 64\)'
fresh minilm; edit config.json 's/"max_position_embeddings": 64/"max_position_embeddings": 1e9/'
refused "a number that is not whole" 'max_position_embeddings'
fresh minilm; edit config.json 's/"layer_norm_eps": 1e-12/"layer_norm_eps": 0/'
refused "an epsilon of 0" 'layer_norm_eps'
fresh minilm; edit config.json 's/"num_hidden_layers": 3/"num_hidden_layers": 4/'
refused "a layer too many" 'encoder\.layer\.3'
fresh minilm; edit config.json 's/"intermediate_size": 160/"intermediate_size": 32/'
refused "another intermediate width" 'intermediate\.dense.*\(160, 64\).*\(32, 64\)'
fresh minilm; edit config.json 's/"vocab_size": [0-9]+/"vocab_size": 100/'
refused "a smaller vocabulary than the weights'" 'word_embeddings'
fresh minilm; edit config.json 's/"model_type": "bert"/"model_type": "roberta"/'
refused "another family" 'roberta'
fresh minilm; printf '{' >"$BAD/config.json"; refused "half a config" 'config\.json.*JSON'

fresh minilm; edit modules.json 's/models.Normalize/models.Dense/'
refused "a module that we do not have" 'modules\.json.*Dense'
fresh minilm; edit modules.json 's/"1_Pooling"/"..\/x"/'
refused "a module outside the folder" 'modules\.json.*no folder'
fresh minilm; printf '[]' >"$BAD/modules.json"; refused "no pooling" 'modules\.json.*Pooling'
fresh minilm; rm -r "$BAD/1_Pooling"; refused "a module that is not there" '1_Pooling/config\.json'
fresh minilm; edit 1_Pooling/config.json 's/(max_tokens": )false/\1true/'
refused "pooling by the maximum" 'pooling_mode_max_tokens'
fresh minilm; edit 1_Pooling/config.json 's/(cls_token": )false/\1true/'
refused "two ways of pooling at once" 'both of the mean'
fresh minilm; edit 1_Pooling/config.json 's/"word_embedding_dimension": 64/"word_embedding_dimension": 32/'
refused "a width that contradicts" 'word_embedding_dimension.*32'
fresh minilm; edit sentence_bert_config.json 's/24/"long"/'
refused "a length that is no number" 'sentence_bert_config\.json.*max_seq_length'

fresh minilm; edit tokenizer.json 's/"WordPiece","unk_token"/"Unigram","unk_token"/;s/"type": *"WordPiece"/"type": "Unigram"/g'
refused "another kind of tokenizer" 'tokenizer\.json.*Unigram'
fresh minilm; edit tokenizer.json 's/"BertPreTokenizer"/"Whitespace"/'
refused "another pre-tokenizer" 'tokenizer\.json.*Whitespace'
fresh minilm; edit tokenizer.json 's/"BertNormalizer"/"Lowercase"/'
refused "another normalizer" 'tokenizer\.json.*Lowercase'
fresh minilm; head -c 3000 "$ENCODERS/minilm/tokenizer.json" >"$BAD/tokenizer.json"
refused "half a tokenizer.json" 'tokenizer\.json.*JSON'
fresh minilm; rm "$BAD/tokenizer.json"; refused "no tokenizer at all" 'tokenizer\.json'
fresh bge; head -n 100 "$ENCODERS/bge/vocab.txt" >"$BAD/vocab.txt"
refused "a vocab.txt that is cut short" 'tokenizer only 100'
fresh bge; edit vocab.txt 's/^\[UNK\]$/[OOV]/'; refused "no [UNK]" 'vocab\.txt.*\[UNK\]'
fresh bge; edit vocab.txt 's/^\[CLS\]$/[BOS]/'; refused "no [CLS]" '\[CLS\]'
fresh bge; edit vocab.txt '50s/.*/a/'; refused "a token that is there twice" 'vocab\.txt.*line.*twice'
fresh bge; edit vocab.txt '50s/.*//'; refused "an empty line" 'vocab\.txt: line 50'
fresh bge; LC_ALL=C sed -i '50s/.*/\xff/' "$BAD/vocab.txt"; refused "broken UTF-8" 'line 50.*UTF-8'
fresh bge; : >"$BAD/vocab.txt"; refused "an empty vocab.txt" 'vocab\.txt'
fresh bge; for i in $(seq 50); do echo "more$i"; done >>"$BAD/vocab.txt"
refused "more tokens than the model has" 'ids up to'

fresh minilm; rm "$BAD/model.safetensors"; refused "no weights" 'model\.safetensors'
fresh minilm; head -c 100000 "$ENCODERS/minilm/model.safetensors" >"$BAD/model.safetensors"
refused "weights that are cut short" 'model\.safetensors'
fresh minilm; rename_tensor embeddings.LayerNorm.bias embeddings.LayerNorm.bios
refused "a norm's bias that is not there" 'embeddings\.LayerNorm\.bias'
fresh bge; rm "$BAD/model-00002-of-00002.safetensors"; refused "a shard that is not there" '00002-of-00002'
fresh colbert; rename_tensor linear.weight linaer.weight
refused "ColBERT without its projection" 'linear\.weight'
fresh colbert; edit artifact.metadata 's/"cosine"/"l2"/'; refused "another similarity" 'similarity.*l2'
fresh colbert; edit artifact.metadata 's/"query_maxlen": 32/"query_maxlen": 2/'
refused "queries of 2 tokens" 'artifact\.metadata.*query_maxlen'
fresh colbert; edit artifact.metadata 's/\[unused0\]/[unusedX]/'
refused "a marker that is no token" '\[unusedX\]'

finish
