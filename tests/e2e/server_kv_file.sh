#!/bin/bash
# A server that starts again still knows what it had computed: LLM_KV_CACHE_FILE. Told by the tokens
# that it did not compute, not by time.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$(dirname "$0")/server_lib.sh"
export AUTOSPEC_STORE=$SCRATCH/store.db LLM_KV_CACHE_FILE=$SCRATCH/kept/kv.pages

PASSAGE="2023 Toyota Camry LE. $(for i in $(seq 1 40); do printf 'Value %d (mm): %d. ' "$i" $((i * 37)); done)"
BODY=$(jq -n --arg text "$PASSAGE What is value 7?" \
    '{model: "nano", messages: [{role: "user", content: $text}], temperature: 0, max_tokens: 24}')

ask() {
    http /v1/chat/completions --json "$BODY"
    answers "$1 is answered" 200 '.usage.prompt_tokens > 200'
    TEXT=$(jq -r '.choices[0].message.content' "$OUT")
    CACHED=$(jq '.usage.prompt_tokens_details.cached_tokens' "$OUT")
    TOKENS=$(jq '.usage.prompt_tokens' "$OUT")
}

start_server
ask "the first question"
FIRST=$TEXT
check "and computed whole" test "$CACHED" -lt 32
stop_server TERM
check "the server ends well" test "$STATUS" -eq 0
check "and says how much it keeps" grep -q 'kv.pages: [0-9]* KV pages of 32 tokens are kept' "$SERVER_LOG"
check "for its owner alone" test "$(stat -c %a "$LLM_KV_CACHE_FILE")" = 600
check "leaving nothing beside it" test -z "$(find "$SCRATCH/kept" -name '*.tmp')"

start_server
check "a new one knows it again" grep -q 'KV pages of 32 tokens are known again' "$SERVER_LOG"
ask "the same question"
check "from what was kept, but for the last token" test "$CACHED" -eq $((TOKENS - 1))
check "with the same answer" test "$TEXT" = "$FIRST"
stop_server TERM

start_server --kv-bits 8
check "another kind of KV cache does not take it, and says so" \
    grep -q 'belongs to another KV cache.*: the kept KV pages are not used' "$SERVER_LOG"
ask "the question"
check "and computed whole" test "$CACHED" -lt 32
stop_server TERM

start_server --kv-bits 8
ask "the question after that"
check "from what this one kept" test "$CACHED" -eq $((TOKENS - 1))
stop_server KILL

truncate -s -100 "$LLM_KV_CACHE_FILE"
start_server --kv-bits 8
check "a file cut short is told of once" \
    test "$(grep -c 'the kept KV pages are not used' "$SERVER_LOG")" -eq 1
ask "the question without it"
check "and computed whole" test "$CACHED" -lt 32
stop_server TERM

rm "$LLM_KV_CACHE_FILE"
start_server --kv-bits 8 --kv-cache-size 800K
ask "the question with a small file"
stop_server TERM
check "a file stays within its size" test "$(stat -c %s "$LLM_KV_CACHE_FILE")" -le 804096

LLM_KV_CACHE_FILE=/proc/none/kv.pages start_server
ask "the question where no file can be kept"
check "which is told of" grep -q 'what is computed now will not be kept' "$SERVER_LOG"
stop_server TERM
check "and no failure" test "$STATUS" -eq 0

run serve --kv-cache-size much
check "a size that is none is refused by name" grep -q -- '--kv-cache-size: "much" is not a size' "$ERR"
finish
