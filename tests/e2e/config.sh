#!/bin/bash
# autospec config: each setting, its value and where it came from; secrets that never show; and that
# what .env says reaches the commands.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # names, one a word
unset $(env | sed -n 's/^\(HF_[A-Z_]*\|HUGGING[A-Z_]*\|TRANSFORMERS_[A-Z]*\|LLM_[A-Z_0-9]*\|DEEPSEEK_MODEL\|DEVICE\|HOST\|PORT\|API_KEY\)=.*/\1/p')

mkdir "$SCRATCH/work"
in_work() { # ARG...: as run, in a folder with a .env
    (cd "$SCRATCH/work" && "$AUTOSPEC" "$@") >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
}
env_file() { printf '%b' "$1" >"$SCRATCH/work/.env"; }
# shows NAME SETTING VALUE SOURCE: config's line of a setting, its columns as patterns.
shows() { says "$1" "$OUT" "^$2 +$3 +$4\$"; }

# ---- every setting is there ----

run config
exits "config exits with 0" 0
check "config says nothing on standard error" test ! -s "$ERR"
"$AUTOSPEC" --help | grep -oE '^  [A-Z][A-Z0-9_]+ ' | tr -d ' ' | sort >"$SCRATCH/settings"
cut -d' ' -f1 "$OUT" | sort >"$SCRATCH/shown"
check "config shows the settings that --help lists, each once" cmp "$SCRATCH/settings" "$SCRATCH/shown"
for name in DEEPSEEK_MODEL LLM_USE_4BIT LLM_USE_8BIT LLM_TEMPERATURE LLM_MAX_TOKENS \
    LLM_REPETITION_PENALTY LLM_THINKING LLM_CONTEXT LLM_KV_BITS DEVICE HF_HOME TRANSFORMERS_CACHE \
    HF_HUB_OFFLINE HF_ENDPOINT HF_TOKEN API_KEY HOST PORT AUTOSPEC_STORE; do
    check "there is a setting $name" grep -qx "$name" "$SCRATCH/settings"
done
shows "the model is nano until one is named" DEEPSEEK_MODEL nano default
shows "the server is for this machine alone" HOST '127\.0\.0\.1' default
shows "what has no value says what happens then" LLM_CONTEXT "\\(the model's, at most 4096\\)" default

# ---- where a value came from ----

env_file '# mine\nLLM_CONTEXT=512\nPORT=9001\nLLM_KV_BITS=8\n'
in_work config
shows ".env is named with the line" LLM_CONTEXT 512 '\.env line 2'
PORT=9002 LLM_KV_BITS='' in_work config --port 9003
shows "the command line is named" PORT 9003 'command line'
shows "an empty value in the environment is none" LLM_KV_BITS 8 '\.env line 4'
PORT=9002 in_work config --quant 8bit
shows "the environment is named" PORT 9002 environment
shows "--quant sets two" LLM_USE_8BIT true 'command line'
shows "both of them" LLM_USE_4BIT false 'command line'
HUGGINGFACE_HUB_CACHE=/old in_work config
shows "an older name is shown as the setting it is" HF_HUB_CACHE /old \
    'environment, as HUGGINGFACE_HUB_CACHE'

PORT=9002 in_work config --json
check "config --json is a list of objects" jq -e 'type == "array" and
    all(.[]; has("name") and has("value") and has("source") and has("secret"))' "$OUT"
check "with value and source" jq -e 'any(.[]; .name == "PORT" and .value == "9002" and
    .source == "environment") and any(.[]; .name == "LLM_CONTEXT" and .source == ".env line 2")' "$OUT"
check "null where there is no value" jq -e 'any(.[]; .name == "HF_HOME" and .value == null)' "$OUT"
AUTOSPEC_STORE=$'/tmp/\xff\xfe.db' in_work config --json
check "a path that is not UTF-8 is no trouble" jq -e 'any(.[]; .name == "AUTOSPEC_STORE")' "$OUT"

# ---- secrets ----

env_file 'HF_TOKEN=hf_inthefile\n'
for form in "" --json; do
    # shellcheck disable=SC2086 # nothing or a word
    API_KEY=sk-verysecret in_work config $form
    check "secrets are not shown${form:+ with }$form" \
        sh -c "! grep -qE 'verysecret|inthefile' '$OUT' '$ERR' && grep -q '[*][*][*][*]' '$OUT'"
done
HF_TOKEN='' HUGGING_FACE_HUB_TOKEN=hf_older in_work config -v
check "nor under an older name" sh -c "! grep -qE 'hf_older|inthefile' '$OUT' '$ERR'"

# ---- .env reaches the commands ----

env_file "HF_HOME=$SCRATCH/hf\nHF_HUB_OFFLINE=1\n"
in_work pull org/name
one_error "HF_HOME and HF_HUB_OFFLINE of .env are used" 1 "is not in $SCRATCH/hf/hub.*HF_HUB_OFFLINE"
mkdir -p "$SCRATCH/elsewhere/models--org--name/refs" \
    "$SCRATCH/elsewhere/models--org--name/snapshots/0123456789012345678901234567890123456789"
env_file "TRANSFORMERS_CACHE=$SCRATCH/elsewhere\nHF_HUB_OFFLINE=1\n"
in_work pull org/name
says "TRANSFORMERS_CACHE of .env is warned of" "$ERR" 'TRANSFORMERS_CACHE is deprecated.*HF_HOME'
says "and used" "$ERR" "$SCRATCH/elsewhere"
env_file 'HF_ENDPOINT=ftp://x\n'
in_work pull org/name
one_error "HF_ENDPOINT of .env is checked" 2 'HF_ENDPOINT: "ftp://x" is not an address'
HF_HUB_OFFLINE=0 TRANSFORMERS_OFFLINE=1 in_work config
shows "the newer name wins over the older one" HF_HUB_OFFLINE 0 environment
rm "$SCRATCH/work/.env"

# ---- what is wrong, and what looks wrong ----

HF_HOM=/x in_work config
says "a name that is nearly one of ours is warned of" "$ERR" 'HF_HOM is not a setting; did you mean HF_HOME\?'
HF_XET_CACHE=/x HF_HUB_ENABLE_HF_TRANSFER=1 HF_DATASETS_CACHE=/x HF_TOKEN_PATH=/x DEEPSEEK_API_KEY=k \
    in_work config
check "names of other tools are left alone" test ! -s "$ERR"
PORT=99999 run config
one_error "a port must be one" 2 'PORT in the environment: 99999 is outside 0 to 65535'
DEVICE=gpu run config
one_error "a device must be known" 2 'DEVICE in the environment: "gpu" is not one of auto, cpu, cuda or cuda:N'
run config nano
one_error "config takes no argument" 2 'config takes no argument'
export CUDA_VISIBLE_DEVICES='' # hides what GPUs there are
DEVICE=cuda:0 run info
one_error "where there is no GPU it says so, why, and what auto would do" 1 \
    'device "cuda:0": there is no GPU: (no NVIDIA driver|the NVIDIA driver|this build).*; DEVICE=auto would compute on the CPU$'
for command in "serve" "plan" "generate hello"; do
    # shellcheck disable=SC2086 # words
    DEVICE=cuda run $command
    one_error "so does ${command%% *}" 1 'device "cuda": there is no GPU: .*DEVICE=auto would compute on the CPU$'
done
DEVICE=cpu run info
grep -v '^packed' "$OUT" >"$SCRATCH/cpu"
for device in auto ''; do
    DEVICE=$device run info
    exits "DEVICE='$device' is no error there" 0
    check "and the CPU computes as with DEVICE=cpu" \
        cmp "$SCRATCH/cpu" <(grep -v '^packed' "$OUT")
done
unset CUDA_VISIBLE_DEVICES
run info --device auto --json
check "auto is the CPU" jq -e '.device | test("^cpu ")' "$OUT"
finish
