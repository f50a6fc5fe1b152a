#!/bin/bash
# autospec pull against a server on this machine that behaves like the Hub, with faults; and the
# cache against the real huggingface_hub, both ways.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # names, one a word
unset $(env | sed -n 's/^\(HF_[A-Z_]*\|HUGGING[A-Z_]*\|TRANSFORMERS_[A-Z]*\|[A-Z]*_CA_BUNDLE\|SSL_CERT_FILE\|[a-zA-Z]*_[pP][rR][oO][xX][yY]\)=.*/\1/p')

# ---- the server and its models ----

MODELS=$SCRATCH/models
export HF_HOME=$SCRATCH/hf

noise() { # FILE BYTES
    mkdir -p "$(dirname "$1")"
    head -c "$2" /dev/urandom >"$1"
}

model() { # NAME: all but the weights
    local dir=$MODELS/$1
    mkdir -p "$dir"
    printf '{"model_type": "qwen2", "of": "%s"}\n' "$1" >"$dir/config.json"
    printf '{"version": "1.0", "of": "%s"}\n' "$1" >"$dir/tokenizer.json"
    echo '{"eos_token": "</s>"}' >"$dir/tokenizer_config.json"
    echo '# A model' >"$dir/README.md"
}

model org/small
noise "$MODELS/org/small/model.safetensors" 900000
noise "$MODELS/org/small/pytorch_model.bin" 1000
noise "$MODELS/org/small/model.gguf" 1000
noise "$MODELS/org/small/onnx/model.onnx" 1000
noise "$MODELS/org/small/openvino/model.safetensors" 1000
noise "$MODELS/org/small/model.fp16.safetensors" 1000
echo '{}' >"$MODELS/org/small/generation_config.json"
echo '{{ x }}' >"$MODELS/org/small/chat_template.jinja"
echo 'a b' >"$MODELS/org/small/merges.txt"
: >"$MODELS/org/small/added_tokens.json"
SMALL_FILES="added_tokens.json chat_template.jinja config.json generation_config.json
model.safetensors tokenizer.json tokenizer_config.json"

model org/sharded
for i in 1 2 3 4 5 6; do
    noise "$MODELS/org/sharded/model-0000$i-of-00006.safetensors" $((1500000 + i))
    shards="${shards:-}${shards:+, }\"t$i\": \"model-0000$i-of-00006.safetensors\""
done
echo "{\"weight_map\": {$shards}}" >"$MODELS/org/sharded/model.safetensors.index.json"

model org/encoder
noise "$MODELS/org/encoder/model.safetensors" 50000
echo '[]' >"$MODELS/org/encoder/modules.json"
echo 'the' >"$MODELS/org/encoder/vocab.txt"
mkdir "$MODELS/org/encoder/1_Pooling"
echo '{"pooling_mode_mean_tokens": true}' >"$MODELS/org/encoder/1_Pooling/config.json"

model org/plannable
noise "$MODELS/org/plannable/model.safetensors" 900000
cp tests/golden/configs/DeepSeek-R1-Distill-Qwen-1.5B/config.json "$MODELS/org/plannable/"

model org/pickled
noise "$MODELS/org/pickled/pytorch_model.bin" 1000
model org/ggufs
noise "$MODELS/org/ggufs/model-Q4_K_M.gguf" 1000

python3 tests/e2e/hub_server.py "$MODELS" "$SCRATCH/ports" 2>"$SCRATCH/server.log" &
SERVER=$!
trap 'kill $SERVER 2>/dev/null; wait $SERVER 2>/dev/null; rm -rf "$SCRATCH"' EXIT
for _ in $(seq 100); do
    [ -s "$SCRATCH/ports" ] && break
    sleep 0.1
done
read -r HUB CDN <"$SCRATCH/ports" || {
    fail "the server starts" "$(cat "$SCRATCH/server.log")"
    finish
}
export HF_ENDPOINT=http://127.0.0.1:$HUB

tell() { # METHOD PATH [BODY]: a request to the server, its body to standard output
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$HUB"
    printf '%s %s HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' \
        "$1" "$2" "${#3}" "${3:-}" >&3
    while read -r line <&3 && [ "$line" != $'\r' ]; do :; done
    cat <&3
    exec 3>&-
}
fault() { tell POST /_test/fault "$1"; }
with() { tell POST /_test/set "$1"; }
log() { tell GET /_test/log; }

# No faults, no log, an empty cache.
fresh() {
    tell POST /_test/reset
    rm -rf "$HF_HOME"
}

cache_of() { echo "$HF_HOME/hub/models--${1/\//--}"; }

# whole NAME MODEL: the last run printed a snapshot in which every file is the model's, through a
# relative link to a blob, and nothing unfinished is left.
whole() {
    local name=$1 model=$2 folder file why=
    folder=$(head -n 1 "$OUT")
    if [ "$STATUS" -ne 0 ] || ! healthy; then
        fail "$name" "exit status $STATUS" "$(head -c 600 "$ERR")"
        return
    fi
    [ -f "$folder/model.safetensors" ] || [ -f "$folder/model-00006-of-00006.safetensors" ] ||
        why="no weights in $folder"
    while read -r file; do
        cmp -s "$folder/$file" "$MODELS/$model/$file" || why="$why; $file differs"
        case $(readlink "$folder/$file") in
        ../../blobs/* | ../../../blobs/*) ;;
        *) why="$why; $file is not a link to a blob" ;;
        esac
    done < <(cd "$folder" && find . ! -type d | sed 's,^\./,,')
    [ -z "$(find "$(cache_of "$model")" -name '*.incomplete')" ] || why="$why; unfinished blobs"
    [ "$(cat "$(cache_of "$model")/refs/main")" = "$(basename "$folder")" ] || why="$why; no ref"
    if [ -z "$why" ]; then pass "$name"; else fail "$name" "$why"; fi
}

# asked NAME COUNT PATTERN: so many requests in the server's log match.
asked() {
    local n
    n=$(log | grep -cE -- "$3")
    if [ "$n" -eq "$2" ]; then pass "$1"
    else fail "$1" "$n requests match $3, expected $2" "$(log | head -n 40)"; fi
}
asked_some() {
    if log | grep -qE -- "$2"; then pass "$1"; else fail "$1" "no request matches $2" "$(log | head -n 40)"; fi
}
# no_blob NAME MODEL: nothing has got a blob's name that is not its content's checksum.
no_bad_blob() {
    local blob base sum bad=
    for blob in "$(cache_of "$2")"/blobs/*; do
        base=$(basename "$blob")
        case $base in *.incomplete | '*') continue ;; esac
        if [ ${#base} -eq 64 ]; then sum=$(sha256sum <"$blob")
        else sum=$({ printf 'blob %d\0' "$(stat -c %s "$blob")"; cat "$blob"; } | sha1sum); fi
        [ "${sum%% *}" = "$base" ] || bad="$bad $base"
    done
    if [ -z "$bad" ]; then pass "$1"; else fail "$1" "not what they are named for:$bad"; fi
}

# ---- what is fetched, and where to ----

run pull org/small
whole "a model is fetched" org/small
folder=$(head -n 1 "$OUT")
# shellcheck disable=SC2086 # a list of words
check "only the files that are needed" \
    diff <(printf '%s\n' $SMALL_FILES) <(find "$folder" -type l -printf '%f\n' | LC_ALL=C sort)
asked "no file is asked for twice, and an empty one not at all" 6 'GET .*/resolve/'
asked "no twin is asked for" 0 'gguf|\.bin|onnx|fp16|openvino|README|merges'
no_bad_blob "blobs are named by their checksums" org/small
tell POST /_test/reset
run pull org/small
whole "a second pull finds it" org/small
asked "and asks for the listing only" 1 .
run pull org/small --json
check "--json says that nothing was fetched" jq -e --arg f "$folder" \
    '.fetched_files == 0 and .fetched_bytes == 0 and .files == 7 and .folder == $f and
     .commit == ($f | split("/") | last)' "$OUT"
run pull org/small --quiet
check "--quiet prints the folder and nothing else" test ! -s "$ERR" -a "$(cat "$OUT")" = "$folder"

: >"$(readlink -f "$folder/config.json")"
run pull org/small
whole "a file of the wrong size in the cache is fetched again" org/small

fresh
run pull org/encoder
whole "an encoder's files below a folder are fetched" org/encoder
check "its pooling is among them" test -f "$(cat "$OUT")/1_Pooling/config.json"
check "its vocabulary is among them" test -f "$(cat "$OUT")/vocab.txt"

fresh
with '{"rate": 3000000}'
run pull org/sharded
whole "a model in shards is fetched" org/sharded
check "four files at once" test "$(tell GET /_test/peak)" -eq 4

fresh
with '{"no_blobs": true}'
run pull org/small
whole "a listing without sizes and checksums is enough" org/small
no_bad_blob "and the ETags are the checksums then" org/small
fresh
with '{"no_blobs": true}'
fault '{"on": "cdn", "flip": 1000}'
run pull org/small --quiet
one_error "which still find what is wrong" 1 'their SHA-256 is'

fresh
with '{"renamed": {"old/name": "org/small"}}'
run pull old/name
exits "a renamed model is found" 0
check "under the name that was asked for" test -d "$(cache_of old/name)/snapshots"

# ---- revisions, places, settings ----

fresh
run pull org/small@v1.0
exits "a tag" 0
check "is remembered as a ref" test -s "$(cache_of org/small)/refs/v1.0"
commit=$(cat "$(cache_of org/small)/refs/v1.0")
run pull org/small@refs/pr/1
exits "a pull request" 0
check "is remembered as a ref too" test "$(cat "$(cache_of org/small)/refs/refs/pr/1")" = "$commit"
run pull "org/small@$commit"
exits "a commit" 0
check "is no ref" test ! -e "$(cache_of org/small)/refs/$commit"
run pull org/small@nowhere
one_error "a revision that is not there" 1 'org/small has no revision "nowhere"'
run pull org/nothing
one_error "a model that is not there" 1 'has no model org/nothing, or it is private.*HF_TOKEN'
run pull org/pickled
one_error "a model with pickles only" 1 'org/pickled: has its weights only as Python pickles'
run pull org/ggufs
one_error "a model with GGUF files only" 1 'org/ggufs: has GGUF files only'
for name in '' / a/b/c ../x org/.. org/ /org .a/b org/a--b 'org/a b' 'org/a@' 'org/a@../x' 'org/a@a..b' org/x.git; do
    run pull "$name"
    one_error "no name of a model: '$name'" 2 'is not the name of a model|is not a revision'
done
run pull
one_error "no argument" 2 'pull takes one argument'
check "names that were refused made no folder" \
    test "$(ls -A "$HF_HOME/hub")" = "$(printf '.locks\nmodels--org--ggufs\nmodels--org--small' | grep -v ggufs)"

HF_HUB_OFFLINE=1 run pull org/small@v1.0
exits "offline, the cache is used" 0
HF_HUB_OFFLINE=1 run pull org/sharded
one_error "offline, what is missing is missing" 1 'is not in .*HF_HUB_OFFLINE'
rm "$(cache_of org/small)/snapshots/$commit/model.safetensors"
HF_HUB_OFFLINE=1 run pull "org/small@$commit"
one_error "offline, half a model is none" 1 'it lacks model.safetensors'

fresh
HF_HUB_CACHE=$SCRATCH/elsewhere run pull org/small
check "HF_HUB_CACHE names the cache" test -f "$SCRATCH/elsewhere/models--org--small/refs/main"
rm -rf "$SCRATCH/elsewhere"
TRANSFORMERS_CACHE=$SCRATCH/elsewhere HF_HUB_CACHE=$SCRATCH/not-here run pull org/small
check "TRANSFORMERS_CACHE names it too" test -f "$SCRATCH/elsewhere/models--org--small/refs/main"
says "with a note that it is deprecated" "$ERR" 'TRANSFORMERS_CACHE is deprecated.*HF_HOME'
XDG_CACHE_HOME=$SCRATCH/xdg HF_HOME='' run pull org/small
check "without HF_HOME it is in the user's cache folder" \
    test -f "$SCRATCH/xdg/huggingface/hub/models--org--small/refs/main"
HF_ENDPOINT=ftp://x run pull org/small
one_error "an endpoint must be an address" 2 'HF_ENDPOINT: "ftp://x" is not an address'
HF_ENDPOINT=http://127.0.0.1:1 run pull org/small
one_error "nobody answers" 1 '127\.0\.0\.1:1: .*connect'
fresh
http_proxy=http://127.0.0.1:$CDN no_proxy='' run pull org/small --retries 1
asked_some "a proxy is used" "^CDN GET http://127\.0\.0\.1:$HUB/api/models"

# ---- by itself, the first time a model is used ----

if [ -f models/nano/model.safetensors ]; then
    mkdir -p "$MODELS/org/nano"
    cp models/nano/* "$MODELS/org/nano/"
    fresh
    run info --model org/nano --json
    check "a model that is named is fetched" jq -e --arg dir "$(cache_of org/nano)/snapshots/" \
        '.folder | startswith($dir)' "$OUT"
    tell POST /_test/reset
    run info --model org/nano --json
    exits "and used again" 0
    asked "without a word to the Hub" 0 .
    run info --model org/nothing
    one_error "one that is not there" 1 'has no model org/nothing'
else
    skip "a model that is named is fetched: models/nano is not built"
fi

# ---- to plan it, its config alone ----

fresh
run plan org/plannable --json
check "plan fetches what it needs" jq -e '.architecture == "qwen2" and .parameters > 1.5e9' "$OUT"
asked "which is config.json" 1 'GET .*/resolve/'
asked_some "and no other file" 'GET .*/resolve/.*/config\.json'
run plan org/plannable
asked "and that once" 1 'GET .*/resolve/'
HF_HUB_OFFLINE=1 run generate -m org/plannable x
one_error "half a model is none offline" 1 'it lacks .*HF_HUB_OFFLINE'
run pull org/plannable
whole "a pull fetches the others" org/plannable
asked "and that not again" 1 'GET .*/config\.json'
run plan org/nothing
one_error "a model that there is not cannot be planned" 1 'org/nothing'

# ---- who may: tokens, gates ----

fresh
HF_TOKEN=hf_secret run pull org/small
whole "with a token" org/small
asked_some "the Hub gets it" '^HUB GET /api/.* hf_secret 200'
asked_some "the Hub gets it for files" '^HUB GET /org/small/resolve/.* hf_secret 302'
asked "where it redirects to does not" 0 '^CDN .*hf_secret'
asked_some "though that is asked" '^CDN GET .* - 200'
fresh
mkdir -p "$HF_HOME"
printf 'hf_from_file\n' >"$HF_HOME/token"
with '{"private": "hf_from_file"}'
run pull org/small
whole "the token of the token file opens a private model" org/small
HF_TOKEN=wrong run pull org/small
one_error "a token that is no good" 1 'does not accept your access token \(HF_TOKEN'
HF_TOKEN=$'a\nX-Evil: b' run pull org/small
one_error "a token cannot smuggle a header" 2 'HF_TOKEN: has a character'
fresh
with '{"gated": "hf_good"}'
run pull org/small
one_error "gated, without a token" 1 \
    "org/small is gated: log in and accept its licence at $HF_ENDPOINT/org/small, .*HF_TOKEN"
HF_TOKEN=hf_other run pull org/small
one_error "gated, with a token of another" 1 'the account of your access token.*may not read it yet'
check "a token is never shown" sh -c "! grep -r hf_other '$OUT' '$ERR'"
HF_TOKEN=hf_good run pull org/small
whole "gated, with the right token" org/small

# ---- a folder's .env may not have a token from elsewhere sent where it likes ----

in_folder() { # ENV-TEXT: as run pull org/small, in a folder with this .env and without HF_ENDPOINT in the environment
    mkdir -p "$SCRATCH/folder"
    printf '%b' "$1" >"$SCRATCH/folder/.env"
    (cd "$SCRATCH/folder" && env -u HF_ENDPOINT "$AUTOSPEC" pull org/small -v) >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
}
fresh
mkdir -p "$HF_HOME"
printf 'hf_of_home\n' >"$HF_HOME/token"
in_folder "HF_ENDPOINT=$HF_ENDPOINT\n"
whole "an endpoint of .env is asked" org/small
says "its folder is named" "$ERR" "$SCRATCH/folder/.env gives HF_ENDPOINT"
says "and that it gets no token" "$ERR" 'your access token is not: .* is asked without it'
asked "the token of the home is not sent there" 0 hf_of_home
fresh
HF_TOKEN=hf_of_env in_folder "HF_ENDPOINT=$HF_ENDPOINT\n"
asked "nor is that of the environment" 0 hf_of_env
fresh
in_folder "HF_ENDPOINT=$HF_ENDPOINT\nHF_TOKEN=hf_of_folder\n"
asked_some "one that stands beside it is" '^HUB GET /api/.* hf_of_folder 200'
fresh
mkdir -p "$HF_HOME"
printf 'hf_of_home\n' >"$HF_HOME/token"
run pull org/small
asked_some "an endpoint of the environment gets the token of the home" '^HUB GET /api/.* hf_of_home 200'

# ---- servers that fail for a while ----

fresh
fault '{"path": "/api/", "status": 500, "times": 2}'
fault '{"method": "HEAD", "path": "config.json", "status": 503, "times": 2}'
fault '{"on": "cdn", "status": 502, "times": 2}'
run pull org/small
whole "errors 500, 503 and 502, twice each" org/small
fresh
fault '{"path": "/api/", "status": 429, "headers": {"Retry-After": "1"}, "times": 1}'
fault '{"on": "cdn", "status": 429, "headers": {"Retry-After": "1"}, "times": 1}'
run pull org/small -v
whole "429, with Retry-After" org/small
check "is waited for as long as it says" test "$(grep -cE 'trying again in 1\.[0-9] s' "$ERR")" -eq 2
fresh
fault '{"path": "/api/", "status": 429, "headers": {"Retry-After": "86400"}}'
run pull org/small
one_error "429 for a day is said at once" 1 'asks to be left alone for 86400 seconds'
asked "and not tried again" 1 /api/
fresh
fault '{"path": "/api/", "status": 503}'
run pull org/small --retries 2
one_error "503 for good" 1 'HTTP 503'
asked "is tried as often as --retries says" 3 /api/
fresh
fault '{"on": "cdn", "status": 503}'
run pull org/small --retries 2
one_error "503 for good, for a file" 1 'model.safetensors: .*HTTP 503.*tried 3 times'
fresh
fault '{"path": "/api/", "reset": true, "times": 1}'
fault '{"method": "HEAD", "path": "tokenizer.json", "reset": true, "times": 1}'
fault '{"on": "cdn", "reset": true, "times": 2}'
run pull org/small
whole "connections that are reset" org/small
fresh
fault '{"on": "cdn", "stall": 20, "after": 300000, "times": 1}'
HF_HUB_DOWNLOAD_TIMEOUT=1 run pull org/small -v
whole "a server that falls silent" org/small
asked_some "is gone on with elsewhere" 'CDN GET .* bytes=[0-9]+- .* 206'
fresh
fault '{"on": "cdn", "status": 403, "times": 1}'
run pull org/small
whole "a signature that has run out is renewed" org/small
asked "by asking the Hub again" 2 'HUB GET .*/model.safetensors '
fresh
fault '{"method": "GET", "path": "tokenizer_config.json", "status": 404, "headers": {"X-Error-Code": "EntryNotFound"}}'
run pull org/small
one_error "a file that is listed and not there" 1 'tokenizer_config.json is listed, but is not there'
fresh
fault '{"path": "/api/", "body": "{\"sha\": "}'
run pull org/small
one_error "a listing cut short" 1 'org/small: line 1.*not valid JSON'

# ---- bytes that are missing, too many or wrong ----

fresh
fault '{"on": "cdn", "cut": 400000, "times": 1}'
fault '{"on": "cdn", "cut": 200000, "times": 2}'
run pull org/small
whole "connections cut in the middle" org/small
asked_some "the rest is asked for, of the same version" 'CDN GET .* bytes=400000- "[0-9a-f]{32}" - 206'
asked_some "and again" 'CDN GET .* bytes=600000- "'
fresh
fault '{"on": "hub", "method": "GET", "path": "resolve.*tokenizer.json", "cut": 10, "times": 1}'
run pull org/small
whole "a small file cut in the middle" org/small
asked_some "goes on under the Hub's ETag" 'HUB GET .*/tokenizer.json bytes=10- "[0-9a-f]{40}" - 206'
fresh
fault '{"on": "cdn", "cut": 400000, "times": 1}'
fault '{"on": "cdn", "no_range": true}'
run pull org/small
whole "a server that knows no ranges" org/small
fresh
fault '{"on": "cdn", "cut": 400000, "no_range": true}'
run pull org/small --retries 2
one_error "and never gets further" 1 'model.safetensors: '
fresh
fault '{"on": "cdn", "cut": 400000, "etag": "\"other\"", "times": 1}'
run pull org/small
whole "another ETag in the middle" org/small
asked_some "means from the beginning" 'CDN GET .* bytes=400000- "other" - 200'
fresh
with '{"cdn_etag": ""}'
fault '{"on": "cdn", "cut": 400000, "times": 1}'
run pull org/small
whole "a server without ETags" org/small
asked_some "is gone on with all the same" 'CDN GET .* bytes=400000- - - 206'
fresh
fault '{"on": "cdn", "cut": 400000, "times": 1}'
fault '{"on": "cdn", "shift": 7, "times": 1}'
run pull org/small
whole "another part than was asked for" org/small
fresh
fault '{"on": "cdn", "flip": 500000, "times": 1}'
run pull org/small
whole "a wrong byte, once" org/small
says "is told" "$ERR" 'model.safetensors: what arrived does not match its checksum; downloading it again'
fresh
fault '{"on": "cdn", "flip": 500000}'
run pull org/small --quiet
one_error "a wrong byte, always" 1 'model.safetensors: the bytes that arrived are not the file.s: their SHA-256 is'
no_bad_blob "never gets a blob's name" org/small
check "nor is it kept" test -z "$(find "$(cache_of org/small)" -name '*.incomplete' -size +0)"
check "nor is there a ref to it" test ! -e "$(cache_of org/small)/refs/main"
fresh
fault '{"on": "hub", "method": "GET", "path": "resolve.*config.json", "flip": 3}'
run pull org/small --quiet
one_error "a wrong byte in a small file" 1 'config.json: the bytes that arrived .* their git checksum is'
fresh
fault '{"on": "cdn", "length": 500000, "times": 1}'
run pull org/small
whole "a wrong length, once" org/small
fresh
fault '{"on": "cdn", "length": 500000}'
run pull org/small
one_error "a wrong length, always" 1 'sends 500000 bytes, and 900000 are missing'
fresh
fault '{"on": "cdn", "extra": 10, "times": 1}'
run pull org/small
whole "bytes too many, once" org/small
fresh
fault '{"on": "cdn", "extra": 10}'
run pull org/small
one_error "bytes too many, always" 1 'sends more than the 900000 bytes'
fresh
fault '{"method": "HEAD", "path": "tokenizer.json", "content": "changed now"}'
run pull org/small
one_error "a file that changed since the listing" 1 'tokenizer.json: .*(has changed on the Hub|lists)'
fresh
fault '{"method": "HEAD", "path": "model.safetensors", "etag": "../../../evil"}'
run pull org/small
one_error "an ETag that is a path" 1 'unusable ETag'

# ---- redirects ----

fresh
fault '{"path": "resolve.*config.json", "location": "{cdn}/config.json"}'
HF_TOKEN=hf_secret run pull org/small --retries 1
asked "a redirect to another port carries no token" 0 '^CDN .*hf_secret'
asked_some "and is followed" '^CDN (GET|HEAD) /config.json'
fresh
fault '{"method": "GET", "path": "model.safetensors", "location": "{hub}/org/small/resolve/main/model.safetensors"}'
run pull org/small --retries 1
one_error "redirects in a circle" 1 'redirects more than 10 times'
for to in file:///etc/passwd gopher://127.0.0.1/x; do
    fresh
    fault "{\"method\": \"GET\", \"path\": \"model.safetensors\", \"location\": \"$to\"}"
    run pull org/small --retries 1
    one_error "a redirect to ${to%%:*}: is not followed" 1 'is not followed'
done

# ---- names that are not to be trusted ----

for path in ../../evil ../../../../evil.safetensors /etc/evil.safetensors a/../../evil a//b ./config.json \
    'x\u0000y' 'x\u001b[31my' 'x\ny' '' .. "$(printf '%0300d' 1)"; do
    fresh
    with "{\"siblings\": [{\"rfilename\": \"$path\"}]}"
    run pull org/encoder
    one_error "a listing with the path '${path:0:40}'" 1 'path that is not safe|not valid JSON'
    asked "brings no file" 0 org/encoder/resolve
done
check "nothing is outside of the cache" test -z "$(find "$SCRATCH" -name '*evil*')"
fresh
with '{"siblings": [{"rfilename": "config.json", "size": 3}]}'
run pull org/small
one_error "a file that is listed twice" 1 'config.json is there twice'
fresh
mkdir -p "$(cache_of org/small)/blobs"
sum=$(sha256sum <"$MODELS/org/small/model.safetensors")
ln -s "$SCRATCH/victim" "$(cache_of org/small)/blobs/${sum%% *}.incomplete"
run pull org/small
one_error "an unfinished blob that is a link is not written through" 1 'incomplete: '
check "to where it leads" test ! -e "$SCRATCH/victim"

# ---- room ----

fresh
with '{"siblings": [{"rfilename": "tokenizer_huge.json", "size": 140737488355328,
    "blobId": "0123456789012345678901234567890123456789"}]}'
run pull org/small
one_error "no room" 1 'org/small needs 14073[0-9]\.[0-9]+ GB more in .*, where [0-9.]+ GB are free'
asked "is known before any file is asked for" 0 resolve
fresh
# A limit on a file's size is what a full disk looks like to the program: a write that fails.
(
    trap '' XFSZ
    ulimit -f 300
    exec "$AUTOSPEC" pull org/small
) >"$OUT" 2>"$ERR" </dev/null
STATUS=$?
one_error "a disk that is full in the middle" 1 'blobs: write at byte [0-9]+ of model.safetensors'
run pull org/small
whole "goes on when there is room" org/small
asked_some "from where it was" 'CDN GET .* bytes=[1-9][0-9]+- '

# ---- interruptions ----

fresh
with '{"rate": 400000}'
"$AUTOSPEC" pull org/small >"$OUT" 2>"$ERR" </dev/null &
pid=$!
for _ in $(seq 100); do
    [ -n "$(find "$HF_HOME" -name '*.incomplete' -size +100k 2>/dev/null)" ] && break
    sleep 0.1
done
kill -INT $pid
wait $pid
STATUS=$?
one_error "Ctrl-C" 130 'interrupted'
tell POST /_test/reset
run pull org/small
whole "leaves what can be gone on with" org/small
asked_some "from where it was" 'CDN GET .* bytes=[1-9][0-9]+- '

fresh
with '{"rate": 2000000}'
"$AUTOSPEC" pull org/sharded >"$SCRATCH/other" 2>"$SCRATCH/other.err" </dev/null &
pid=$!
run pull org/sharded
wait $pid
other=$?
whole "two at once, one" org/sharded
check "two at once, the other" test $other -eq 0 -a "$(cat "$SCRATCH/other")" = "$(cat "$OUT")"
asked "no blob is fetched twice" 6 'CDN GET'

# At random moments from the program's start to well into the download, however slow the build is.
fresh
start=$(date +%s%N)
run pull org/nothing
longest=$((($(date +%s%N) - start) / 1000000 + 350))
with '{"rate": 300000}'
for _ in $(seq 50); do
    "$AUTOSPEC" pull org/sharded >/dev/null 2>&1 </dev/null &
    pid=$!
    wait_ms=$((RANDOM % longest + 10))
    sleep "$((wait_ms / 1000)).$(printf '%03d' $((wait_ms % 1000)))"
    kill -KILL $pid
    wait $pid 2>/dev/null
done
no_bad_blob "killed 50 times, no blob is half" org/sharded
resumed=$(log | grep -cE 'CDN GET .* bytes=[1-9][0-9]*- .* 206')
check "killed 50 times, what had arrived was gone on with ($resumed times)" test "$resumed" -ge 5
with '{"rate": 0}'
run pull org/sharded
whole "killed 50 times, then left alone: every file is the same" org/sharded

fresh
with '{"rate": 600000}'
python3 -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' \
    "$AUTOSPEC" pull org/small >"$OUT" 2>"$ERR" </dev/null
check "on a terminal, progress shows part, speed and time left" \
    grep -qE 'org/small \[#*\.*\] +[0-9]+% [0-9.]+ MB, [0-9.]+ MB/s, [0-9]+ s left' "$OUT"

# ---- the real huggingface_hub ----

if PYTHON=${HUB_TEST_PYTHON:-$(python_with hub huggingface_hub huggingface_hub==0.36.2)}; then
    export HF_HUB_DISABLE_TELEMETRY=1 HF_HUB_DISABLE_PROGRESS_BARS=1 HF_HUB_DISABLE_XET=1
    python() { "$PYTHON" -W ignore -c "$1" >"$SCRATCH/python" 2>"$SCRATCH/python.err"; }

    fresh
    run pull org/sharded
    ours=$(cat "$OUT")
    tell POST /_test/reset
    check "ours, to Python offline" env HF_HUB_OFFLINE=1 "$PYTHON" -c '
import sys, huggingface_hub as h
assert h.snapshot_download("org/sharded") == sys.argv[1]
for i in range(1, 7):
    h.hf_hub_download("org/sharded", f"model-0000{i}-of-00006.safetensors", local_files_only=True)
assert h.try_to_load_from_cache("org/sharded", "config.json").startswith(sys.argv[1])' "$ours"
    check "ours, to Python's cache scan" "$PYTHON" -c '
import huggingface_hub as h
info = h.scan_cache_dir()
assert not info.warnings, info.warnings
repo, = info.repos
revision, = repo.revisions
assert repo.repo_id == "org/sharded" and repo.nb_files == 10, repo
assert revision.refs == {"main"}, revision
assert all(f.blob_path.parent.name == "blobs" for f in revision.files)'
    check "ours, to Python online" "$PYTHON" -c '
import huggingface_hub as h
h.snapshot_download("org/sharded", ignore_patterns="README.md")'
    asked "which then downloads nothing" 0 '^CDN|GET .*/resolve/'

    fresh
    check "Python downloads" "$PYTHON" -c '
import huggingface_hub as h
h.snapshot_download("org/small")'
    tell POST /_test/reset
    run pull org/small
    whole "Python's, to us" org/small
    asked "we then ask for the listing only" 1 .
    HF_HUB_OFFLINE=1 run pull org/small
    exits "Python's, to us offline" 0
    fresh
    check "Python downloads one file" "$PYTHON" -c '
import huggingface_hub as h
h.hf_hub_download("org/small", "model.safetensors")'
    tell POST /_test/reset
    run pull org/small
    whole "we fetch the others" org/small
    asked "and not that one" 0 '^CDN'

    fresh
    with '{"rate": 400000}'
    "$AUTOSPEC" pull org/small >/dev/null 2>&1 </dev/null &
    pid=$!
    sleep 1.5
    kill -KILL $pid
    wait $pid 2>/dev/null
    tell POST /_test/reset
    check "what we left unfinished, Python goes on with" "$PYTHON" -c '
import huggingface_hub as h
h.snapshot_download("org/small")'
    asked_some "from where it was" 'CDN GET .* bytes=[1-9][0-9]*- '
    run pull org/small
    whole "to the same files" org/small

    fresh
    with '{"rate": 400000}'
    python 'import huggingface_hub as h; h.hf_hub_download("org/small", "model.safetensors")' &
    pid=$!
    for _ in $(seq 100); do
        [ -n "$(find "$HF_HOME" -name '*.incomplete' 2>/dev/null)" ] && break
        sleep 0.1
    done
    run pull org/small -v
    wait $pid
    whole "while Python downloads a file we wait for it" org/small
    says "and say so" "$ERR" 'model.safetensors: another program is downloading it'
    asked "and do not fetch it too" 1 '^CDN'
else
    skip "the cache against the real huggingface_hub: it is not installed and PyPI cannot be reached"
fi

finish
