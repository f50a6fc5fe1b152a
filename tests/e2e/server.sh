#!/bin/bash
# autospec serve as its clients see it, with curl: access, limits, questions plain and streamed, what
# the store holds, metrics, clients that go away, stopping and reading settings again.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$ROOT/tests/e2e/server_lib.sh"

CAMRY='{"query": "What is the horsepower of the 2023 Toyota Camry?", "temperature": 0}'
# A text by a schema ends no sooner than that says, and not much later: something that keeps the model at work for a while.
LONG='{"messages": [{"role": "user", "content": "Tell me about the car."}], "temperature": 0, "max_tokens": 2000,
    "response_format": {"type": "json_schema", "json_schema": {"name": "text", "schema": {"type": "string", "minLength": 600, "maxLength": 640}}}}'
run ingest "${SAMPLES[@]}"
exits "the samples are read" 0

# ---- before it listens ----

run serve --host 0.0.0.0 --port 0
one_error "a public address without a key is refused" 2 'set API_KEY, or say --force-public'
run serve --host nowhere.invalid --force-public --port 0
one_error "a host that is none is an error" 2 'nowhere.invalid'
run serve --port 0 extra
one_error "serve takes no argument" 2 'serve takes no argument'
AUTOSPEC_HOSTS=http://x run serve --port 0
one_error "a name that is none is an error" 2 'AUTOSPEC_HOSTS'

# ---- an empty store ----

AUTOSPEC_STORE=$SCRATCH/empty.db start_server
http /query --json "$CAMRY"
refuses "without documents there is nothing to ask" 409 no_documents
http /query/manufacturers
answers "and no manufacturer" 200 '.manufacturers == []'
stop_server TERM

start_server
check "it says where it listens" test -n "$URL"
check "on this machine alone" grep -q 'http://127\.0\.0\.1:' "$SERVER_LOG"
run serve --port "${URL##*:}"
one_error "a port that is taken is named, with the way out" 1 "port ${URL##*:} of 127.0.0.1 is taken by another program.*--port takes another"

# ---- how it is ----

http /health
answers "health is ok" 200 '.status == "ok"'
http /ready
answers "it is ready, and so is the model" 200 '. == {status: "ready", model: "ready"}'
http /query/llm-info
answers "llm-info tells of the model" 200 '.model_name == "nano" and .architecture == "qwen2" and
    .quantization == "4-bit" and .device == "cpu" and .parameters > 6000000 and
    .context_length == 4096 and .memory.weights > 3000000 and .memory.kv_cache.total > 0 and
    .memory.kv_cache.used == 0 and .memory.peak > 0 and .decode_rate >= 0 and .prefill_rate >= 0 and .queue_length == 0 and
    .queue.max_running == 8 and .queue.max_waiting == 64 and .uptime > 0 and .max_tokens == 512 and
    .tokens.prompt == 0 and .tokens.generated == 0 and .encoder == null'

http /
answers "the page is there" 200
check "and is one" grep -qi '^<!doctype html>' "$OUT"
check "whose script is named by its hash" grep -qiE "^content-security-policy: .*script-src 'sha256-[A-Za-z0-9+/]{43}='" "$HEAD"

http /openapi.json
answers "the API is described" 200 '.openapi == "3.2.0" and (.paths | has("/query"))'

# ---- questions ----

http /query --json "$CAMRY"
answers "a question is answered from its cell" 200 '(.answer | test("2023 Toyota Camry LE .*203 hp \\[1\\]")) and
    .status == "found" and (.refused | not) and (.citations | length) == 1 and
    (.citations[0] | .valid and (.document | endswith("vehicles.csv")) and .location == "row 245" and .line == 245 and
        (.quote | test("^Horsepower.*: 203$")) and (.column | test("^Horsepower")) and .passage == 1)'
answers "which is where the figure stands in the file" 200 '(.citations[0] | .begin < .end) and .rows[0].begin == .citations[0].begin'
check "to the byte" test "$(tail -c +$(($(jq '.citations[0].begin' "$OUT") + 1)) data/vehicles.csv | head -c "$(jq '.citations[0] | .end - .begin' "$OUT")")" = 203
answers "the record comes along" 200 '.documents[0] | .id > 0 and .metadata.model == "Camry" and .relevance_score > 0 and
    .metadata.line_first == 245 and (.content | test("Torque.*: 184"))'
answers "each figure names its citation, and none is without" 200 '.numbers == [{text: "203", offset: .numbers[0].offset,
    unit: "hp", supported: true, citation: 1}] and .unsupported == 0'
answers "the row is there as data" 200 '(.rows | length) == 1 and (.rows[0] | .value == 203 and .unit == "hp" and
    .make == "Toyota" and .model == "Camry" and .year == 2023 and .attribute_id == "power" and .location == "row 245" and
    .citation == 1) and .table == null and .table_data == null'
answers "and so is what was understood" 200 '(.understood | test("2023 Toyota Camry")) and .parsed.operation == "value" and
    .parsed.attributes[0].id == "power" and .parsed.unresolved == [] and (.parsed.carried | not)'
answers "without a model" 200 '.model == null and .usage.generated_tokens == 0 and .usage.finish_reason == null and
    .timings.total > 0 and .execution_time > 0'
jq -r .answer <"$OUT" >"$SCRATCH/plain"

# ---- a conversation ----

http /query --json '{"query": "and the torque?",
    "conversation": {"messages": [{"role": "user", "content": "What is the horsepower of the 2023 Toyota Camry?"},
                                  {"role": "assistant", "content": "999 hp"}]}}'
answers "a follow-up takes the vehicle over" 200 '(.answer | test("2023 Toyota Camry LE .*184 lb-ft \\[1\\]")) and
    .parsed.carried and .rows[0].attribute_id == "torque" and .citations[0].location == "row 245"'
http /query --json '{"query": "what about the 2023 Honda Accord?",
    "conversation": ["What is the horsepower of the 2023 Toyota Camry?", "and the torque?"]}'
answers "and the attribute, of the question just before" 200 '(.answer | test("Accord")) and .rows[0].attribute_id == "torque" and
    .rows[0].model == "Accord"'
http /query --json '{"query": "and the torque?"}'
answers "without one before it, it names no vehicle" 200 '.refused and .rows == [] and .numbers == []'
http /query --json '{"query": "and the torque?", "conversation": [{"role": "user"}]}'
answers "a message without a text is refused" 400 '.error.param == "conversation"'
http /query --json '{"query": "x", "conversation": 7}'
answers "and what is no conversation" 400 '.error.param == "conversation"'
MANY=$(jq -cn '[range(300) | "What is the horsepower of the 2021 Ford F-150?"] + ["What is the horsepower of the 2023 Toyota Camry?"]')
http /query --json "{\"query\": \"and the torque?\", \"conversation\": $MANY}"
answers "of a long one the last questions count" 200 '.rows[0].model == "Camry"'

# ---- several rows ----

http /query --json '{"query": "Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?"}'
answers "a comparison says by how much" 200 '(.answer | test("203 hp \\[1\\].*11 hp.*192 hp \\[2\\]")) and
    [.numbers[] | .citation] == [1, null, 2] and [.rows[].value] == [203, 192]'
answers "and has a table" 200 '(.table | test("203.*\n.*192")) and [.table_data.rows[][1].value] == ["203", "192"] and
    .table_data.columns[1].number and (.table_data.columns[1].name | test("hp"))'
http /query --json '{"query": "Which Toyota has more than 350 hp?"}'
answers "a list meets its condition" 200 '(.rows | length) > 1 and
    ([.rows[] | select(.attribute_id == "power") | .value > 350] | all) and ([.rows[].make] | unique) == ["Toyota"] and
    (.table_data.rows | length) > 1'
http /query --json '{"query": "How many Toyota have more than 350 hp?"}'
answers "a count is of those" 200 '(.rows | length) as $n | .numbers[0] == {text: "\($n)", offset: .numbers[0].offset,
    unit: null, supported: true, citation: null}'
http /query --json '{"query": "Tell me about the 2023 Toyota Camry"}'
answers "all of a vehicle, each value with its cell" 200 '(.rows | length) > 15 and ([.rows[].location] | unique) == ["row 245"] and
    ([.numbers[].citation] | all) and (.documents | length) == 1'

# ---- what is not there, or not understood ----

http /query --json '{"query": "What is the horsepower of the 1968 Tatra 603?"}'
answers "a vehicle that is not there is named" 200 '.status == "not_found" and .refused and (.answer | test("Tatra 603")) and
    .rows == [] and .numbers == [] and .citations == []'
http /query --json '{"query": "What is the horsepower of the 2031 Toyota Camry?"}'
answers "so is a year" 200 '.status == "not_found" and .refused and (.answer | test("2031")) and .rows == []'
http /query --json '{"query": "What is the towing capacity of the 2023 Toyota Camry?"}'
answers "and an attribute" 200 '.status == "not_found" and .refused and (.answer | test("towing capacity")) and .numbers == []'
http /query --json '{"query": "blorptify the frumious quux"}'
answers "words that mean nothing are told" 200 '.status == "not_understood" and .refused and (.answer | test("blorptify")) and
    (.parsed.unresolved | index("frumious")) and .rows == [] and .citations == []'

# ---- another program's text ----

http /verify --json '{"text": "The 2023 Toyota Camry LE makes 203 hp; the 2023 Honda Accord LX makes 999 hp."}'
answers "the figures of a text are checked, each against its cell" 200 '.supported == 1 and .contradicted == 1 and
    (.claims[0] | .status == "supported" and .cells[0].location == "row 245" and .cells[0].agrees) and
    (.claims[1] | .status == "contradicted" and (.cells[0].agrees | not) and (.cells[0].text | test("192")))'
http /verify --json '{"text": 7}'
answers "what is no text is refused" 400 '.error.param == "text"'
http /verify --json '{}'
answers "so is none" 400 '.error.param == "text"'

# ---- streams, filters, limits ----

http /query --json "${CAMRY%\}}, \"stream\": true}" -N
check "a stream is one of events" grep -qi '^content-type: text/event-stream' "$HEAD"
check "its events are sources, tokens, done" test \
    "$(sed -n 's/^event: //p' "$OUT" | uniq | tr '\n' ' ')" = 'sources token done '
sed -n '/^event: token/{n;s/^data: //p}' "$OUT" | jq -j .text >"$SCRATCH/streamed"
check "its tokens add up to the answer" test "$(cat "$SCRATCH/streamed")" = "$(cat "$SCRATCH/plain")"
sed -n '/^event: done/{n;s/^data: //p}' "$OUT" | jq -r .answer >"$SCRATCH/done"
check "and so does the last event" cmp "$SCRATCH/done" "$SCRATCH/plain"
http /query --json "$CAMRY" -H 'Accept: text/event-stream'
check "Accept asks for a stream too" grep -q '^event: done' "$OUT"

http /query --json '{"query": "Which Toyota has the most horsepower?", "metadata_filter": {"year": 2021}, "stream": true}' -N
sed -n '/^event: token/{n;s/^data: //p}' "$OUT" | jq -j .text >"$SCRATCH/streamed"
sed -n '/^event: done/{n;s/^data: //p}' "$OUT" | jq -j .answer >"$SCRATCH/done"
check "what the program computes is streamed too" cmp "$SCRATCH/done" "$SCRATCH/streamed"
check "from the vehicles of the filter" grep -qE '2021 Toyota GR Supra 3\.0 .*382 hp \[1\]' "$SCRATCH/done"
http /query --json '{"query": "What is the horsepower?", "temperature": 0,
    "metadata_filter": {"manufacturer": "toyota", "model": ["Camry"], "year": 2023}}'
answers "a filter leaves one vehicle" 200 '(.answer | test("203 hp")) and
    ([.documents[].metadata | [.manufacturer, .model, .year]] | unique) == [["Toyota", "Camry", 2023]]'
http /query --json '{"query": "What is the horsepower?"}'
answers "without one it is asked of no vehicle" 200 '.refused and .rows == []'
http /query --json '{"query": "What is the horsepower of the 2023 Toyota Camry?",
    "metadata_filter": {"category": "Pickup"}}'
answers "a filter that excludes it leaves nothing" 200 '.refused and .rows == [] and .numbers == []'
http /query --json "${CAMRY%\}}, \"max_tokens\": 100000}"
answers "more tokens than the context has are as many as it has" 200 '.answer | test("203 hp")'
http /v1/chat/completions --json "{\"model\": \"nano\", ${LONG#\{}"
answers "the model alone writes texts" 200 '.usage.completion_tokens > 50 and (.choices[0].message.content | length) > 300'

# ---- what the documents are about ----

http /query/manufacturers
answers "manufacturers are listed" 200 '.manufacturers | index("Toyota") and . == sort_by(ascii_downcase)'
http '/query/models?manufacturer=TOYOTA'
answers "models of one are listed" 200 '.models | index("Camry") and (index("Accord") | not)'
http /query/models
answers "and of all" 200 '.models | index("Camry") and index("Accord")'
http /query/categories
answers "categories are listed" 200 '.categories | index("Sedan")'
http /query/engine-types
answers "engine types are listed" 200 '.engine_types | index("Gasoline")'
http /query/transmission-types
answers "transmissions are listed" 200 '.transmission_types | index("8-speed automatic")'

# ---- documents ----

http /documents
answers "documents are listed" 200 '.total == 7 and (.documents | length) == 7 and
    ([.documents[].name] | index("vehicles.csv")) and ([.documents[].chunks] | add) > 300'
CHUNKS=$(jq '[.documents[].chunks] | add' <"$OUT")
ID=$(jq '.documents[] | select(.name == "vehicles.csv").id' <"$OUT")
http "/documents/$ID?offset=243&limit=2"
answers "one is shown with its passages" 200 '.kind == "csv" and .chunks == 285 and .offset == 243 and
    (.passages | length) == 2 and .passages[0].location == "row 245"'
http /documents/999999
refuses "one that is not there" 404 not_found
http /documents/abc
refuses "an id that is none" 404 not_found
http "/documents?limit=0"
answers "a limit that is none" 400 '.error.param == "limit"'

http /ingest/text --json '{"name": "zephyr.txt", "title": "2031 Zephyr Gale",
    "text": "The turning circle is 9.4 m. The horsepower is 777 hp.",
    "metadata": {"manufacturer": "Zephyr", "model": "Gale", "year": 2031, "category": "Kite"}}'
answers "a text is read in" 200 '.documents[0] | .outcome == "new" and .name == "zephyr.txt" and
    .kind == "text" and .chunks == 1 and .vehicles == 1 and .id > 0'
http /query --json '{"query": "What is the horsepower of the 2031 Zephyr Gale?", "temperature": 0}'
answers "and asked about" 200 '(.answer | test("777 hp")) and .citations[0].document == "zephyr.txt"'
http /query/categories
answers "and known" 200 '.categories | index("Kite")'
http /ingest/text --json '{"name": "zephyr.txt", "text": "The horsepower of the 2031 Zephyr Gale is 778 hp."}'
answers "other text takes its place" 200 '.documents[0].outcome == "replaced"'
http /ingest/text --json '{"name": "a.txt", "text": " "}'
refuses "a text of nothing" 422 unusable_input
http /ingest/text --json '{"name": "a.doc", "text": "x"}'
refuses "a kind that cannot be read" 415 unsupported
http /ingest/text --json '{"name": "a\u0007b", "text": "x"}'
answers "a name that is none" 400 '.error.param == "name"'
http /ingest/text --json '{"name": "a", "text": "x", "kind": "csvv"}'
answers "a kind that is none" 400 '.error.param == "kind"'
http /ingest/text --json '{"name": "a", "text": "x", "metadata": {"year": 20}}'
answers "metadata that are none" 400 '.error.param == "year"'

printf 'Make,Model,Year,Horsepower (hp)\nZephyr,Breeze,2030,123\n' >"$SCRATCH/breeze.csv"
printf '# 2029 Zephyr Storm\n\n- Torque: 321 lb-ft\n' >"$SCRATCH/storm.md"
printf 'Make,Model\nZephyr,\000\001\002\003\n' >"$SCRATCH/bad.csv"
http /ingest/file -F "file=@$SCRATCH/breeze.csv" -F "note=nothing" -F "file=@$SCRATCH/storm.md"
answers "files are read in" 200 '[.documents[].name] == ["breeze.csv", "storm.md"] and .failed == []'
http /ingest/file -F "file=@$SCRATCH/breeze.csv"
answers "again: they are unchanged" 200 '.documents[0].outcome == "unchanged"'
http /query --json '{"query": "What is the horsepower of the 2030 Zephyr Breeze?", "temperature": 0}'
answers "and asked about too" 200 '.answer | test("123 hp")'
http /ingest/file -F "file=@$SCRATCH/bad.csv" -F "file=@$SCRATCH/storm.md"
answers "a bad one does not keep out a good one" 200 '.failed[0].name == "bad.csv" and
    .documents[0].name == "storm.md"'
http /ingest/file -F "file=@$SCRATCH/bad.csv"
refuses "a bad one alone is an error" 415 unsupported
check "that names it" grep -q 'bad.csv' "$OUT"
http /ingest/file -F "note=nothing"
refuses "a form without a file" 400 no_file
http /ingest/file --json '{}'
refuses "what is no form" 415 not_a_form
http /ingest/file -H 'Content-Type: multipart/form-data; boundary=x' --data-binary 'no form'
check "or a broken one" test "${CODE%??}" = 4
check "leaves nothing behind" test "$(find "$SCRATCH" -name '.autospec-upload*' | wc -l)" = 0
http /ingest/status
answers "the status counts" 200 '.busy == false and .current == null and .queued == 0 and
    .documents == 10 and .chunks > '"$CHUNKS"' and .since_start.documents == 6 and .since_start.failed >= 3'
http /documents
ID=$(jq '.documents[] | select(.name == "zephyr.txt").id' <"$OUT")
http "/documents/$ID" -X DELETE
answers "one is deleted" 200 '.deleted == 1'
http "/documents/$ID" -X DELETE
refuses "and then not there" 404 not_found
http /query --json '{"query": "What is the horsepower of the 2031 Zephyr Gale?"}'
answers "nor found" 200 '.refused'

# A large file goes to the disk, not into memory.
{
    echo 'Make,Model,Year,Note'
    awk 'BEGIN { for (i = 0; i < 60000; i++) printf "Zephyr,M%d,2030,%0400d\n", i % 5000, i }'
} >"$SCRATCH/huge.csv"
before=$(curl -s "$URL/query/llm-info" | jq .memory.resident)
curl -s -o /dev/null --limit-rate 20M -F "file=@$SCRATCH/huge.csv" "$URL/ingest/file" &
HUGE=$!
sleep 0.7
after=$(curl -s "$URL/query/llm-info" | jq .memory.resident)
kill $HUGE 2>/dev/null
wait $HUGE 2>/dev/null
case $AUTOSPEC in
*asan* | *tsan*) ;;
*) check "an upload is not kept in memory" test $((after - before)) -lt 6000000 ;;
esac
for _ in $(seq 200); do
    http /ingest/status
    jq -e '.busy == false and .queued == 0' <"$OUT" >/dev/null && break
    sleep 0.05
done
http /documents
answers "and one that was broken off is not there" 200 '[.documents[].name] | index("huge.csv") | not'

# ---- what is refused ----

http /nothing
refuses "a path that is none" 404 no_such_path
http /query
refuses "a method that is none" 405 method_not_allowed
check "and it is told which there is" grep -qi '^allow: POST' "$HEAD"
http /query -X POST --json '{"query": "x",'
refuses "broken JSON" 400 invalid_json
http /query --json '[]'
refuses "JSON that is no object" 400 invalid_json
http /query -X POST -H 'Content-Type: application/json'
refuses "no body" 400 invalid_json
http /query -d "$CAMRY"
refuses "a body that is not called JSON" 415 not_json
http /query --json "$(printf '[%.0s' $(seq 70))"
refuses "JSON that is too deep" 400 json_too_deep
http /query --json '{}'
answers "a question that is missing" 400 '.error.param == "query"'
http /query --json '{"query": "  "}'
answers "a question that is empty" 400 '.error.param == "query"'
http /query --json '{"query": "x", "metadata_fliter": {}}'
answers "a field that is none, with the nearest" 400 '.error.message | test("metadata_filter\\?")'
http /query --json '{"query": "x", "metadata_filter": {"year": "soon"}}'
answers "a year that is none" 400 '.error.param == "metadata_filter.year"'
http /query --json '{"query": "x", "top_k": 0}'
answers "a number out of range" 400 '.error.param == "top_k"'
http /query --json '{"query": "x", "temperature": "hot"}'
answers "a number that is a string" 400 '.error.param == "temperature"'
http /query --json '{"query": "x", "top_p": 1.01}'
answers "a number that is just out of range" 400 '.error.param == "top_p"'
http /ingest/text --json "{\"name\": \"a.txt\", \"text\": \"x\", \"title\": \"$(printf 'ä%.0s' $(seq 1025))\"}"
answers "a title that is too long" 400 '.error.param == "title"'
http /query --json '{"query": "x", "max_tokens": 0}'
answers "no tokens" 400 '.error.param == "max_tokens"'
printf '{"query": "%s"}' "$(head -c 70000 /dev/zero | tr '\0' a)" >"$SCRATCH/long"
http /query --json @"$SCRATCH/long"
refuses "a question that is too long" 413 query_too_long
head -c 17000000 /dev/zero | tr '\0' ' ' >"$SCRATCH/large"
http /query --json @"$SCRATCH/large"
refuses "a body that is too large" 413 body_too_large
http /query --json @"$SCRATCH/large" -H 'Transfer-Encoding: chunked'
refuses "and one whose size is not told" 413 body_too_large
http /health -H "X-Long: $(head -c 40000 /dev/zero | tr '\0' a)"
refuses "headers that are too large" 431 headers_too_large
http "/$(head -c 9000 /dev/zero | tr '\0' a)"
refuses "an address that is too long" 414 url_too_long

# ---- from where ----

http /health -H 'Host: evil.example'
refuses "a name that is not the server's" 421 host_not_allowed
http /health -H 'Origin: http://evil.example'
refuses "a page of another origin" 403 origin_not_allowed
http /health -H "Origin: $URL"
answers "its own page" 200
check "gets no CORS header" sh -c "! grep -qi '^access-control' '$HEAD'"
http /health -H 'X-Request-Id: mine-1.a'
check "a request's own id comes back" grep -qi '^x-request-id: mine-1.a' "$HEAD"
http /health -H 'X-Request-Id: <b>'
check "but not one that is no name" sh -c "grep -qi '^x-request-id: [0-9a-f]*.\$' '$HEAD'"

# ---- metrics, logs ----

http /metrics
check "metrics count requests" grep -q 'autospec_requests_total{method="POST",path="/query",status="200"} [1-9]' "$OUT"
check "and tokens" grep -qE '^autospec_generated_tokens_total [1-9]' "$OUT"
check "every line of them is one" sh -c "! grep -vE '^(# (HELP|TYPE) [a-z_]+ .*|[a-z_]+(\{.*\})? [0-9.e+-]+)\$' '$OUT'"
check "the log has no word of what was asked" sh -c "! grep -qi 'camry\|horsepower\|evil\|nothing' '$SERVER_LOG'"
check "and a line a request" grep -qE '^autospec: [0-9a-f]{16} POST /query 200 [0-9]+ bytes' "$SERVER_LOG"

# ---- a client that goes away ----

curl -s --max-time 0.3 --json "$LONG" "$URL/v1/chat/completions" >/dev/null
for _ in $(seq 100); do
    http /query/llm-info
    jq -e '.queue.running == 0' <"$OUT" >/dev/null && break
    sleep 0.05
done
answers "a client that is gone leaves nothing running" 200 '.queue.running == 0 and .queue.waiting == 0'
http /query --json "$CAMRY"
answers "and the next one is answered" 200 '.answer | test("203 hp")'

# ---- stopping ----

stop_server TERM
exits "SIGTERM ends it well" 0
check "no sanitizer spoke" sh -c "! grep -qE 'Sanitizer|runtime error' '$SERVER_LOG'"

# ---- keys ----

mkdir "$SCRATCH/work"
printf 'API_KEY=one,two\nAUTOSPEC_HOSTS=specs.example\nAUTOSPEC_ORIGINS=https://tools.example\n' \
    >"$SCRATCH/work/.env"
export AUTOSPEC_STORE
SERVER_CWD=$SCRATCH/work start_server --host 0.0.0.0
URL=http://127.0.0.1:${URL##*:}
http /health
answers "health needs no key" 200
http /query/llm-info
refuses "the rest does" 401 invalid_api_key
check "and says so" grep -qi '^www-authenticate: Bearer' "$HEAD"
http /query/llm-info -H 'Authorization: Bearer wrong'
refuses "a wrong key" 401 invalid_api_key
http /query/llm-info -H 'Authorization: Bearer one'
answers "a right one" 200
http /query/llm-info -H 'x-token: two'
answers "another, as x-token" 200
http /health -H 'Host: specs.example'
answers "a name that is allowed" 200
http /health -H 'Origin: https://tools.example'
check "an origin that is allowed gets its header" grep -qi '^access-control-allow-origin: https://tools.example' "$HEAD"
http /query -X OPTIONS -H 'Origin: https://tools.example' -H 'Access-Control-Request-Method: POST'
answers "and may ask what it may do" 204
check "POST" grep -qi '^access-control-allow-methods: POST' "$HEAD"

printf 'API_KEY=three\nLLM_MAX_TOKENS=77\nLLM_CONTEXT=512\n' >"$SCRATCH/work/.env"
kill -HUP $SERVER_PID
wait_for_log 'settings were read again'
http /query/llm-info -H 'x-token: one'
refuses "after SIGHUP the old key is none" 401 invalid_api_key
http /query/llm-info -H 'x-token: three'
answers "and the new one is, with the new defaults" 200 '.max_tokens == 77'
check "what takes a restart is told" grep -q 'LLM_CONTEXT has changed; that takes a restart' "$SERVER_LOG"
printf 'LLM_MAX_TOKENS=none\n' >"$SCRATCH/work/.env"
kill -HUP $SERVER_PID
wait_for_log 'nothing was changed'
http /query/llm-info -H 'x-token: three'
answers "settings that are wrong change nothing" 200 '.max_tokens == 77'
stop_server INT
exits "SIGINT ends it too" 0

# ---- all documents ----

start_server
http /ingest/reset --json '{}'
answers "a reset has to be confirmed" 400 '.error.param == "confirm"'
http /ingest/reset --json '{"confirm": true}'
answers "and deletes all" 200 '.deleted == 9'
http /documents
answers "so that none is left" 200 '.total == 0'
stop_server TERM
run ingest "${SAMPLES[@]}"
exits "the store can be filled again" 0

# ---- a full queue, deadlines, draining ----

start_server --parallel 1 --queue 2
for i in 1 2 3 4 5 6 7 8 9 10; do
    curl -s -o "$SCRATCH/full.$i" -D "$SCRATCH/full.head.$i" -w '%{http_code}\n' --json "$LONG" "$URL/v1/chat/completions" >"$SCRATCH/full.code.$i" &
    FULL="$FULL $!"
done
# shellcheck disable=SC2086 # a list of ids
wait $FULL
check "of ten at once, some are told to come again" grep -qx 429 "$SCRATCH"/full.code.*
check "with when" grep -qiE '^retry-after: [1-9][0-9]*' "$SCRATCH"/full.head.*
check "the others are answered" sh -c "grep -lx 200 '$SCRATCH'/full.code.* | grep -q ."
check "and none with anything else" sh -c "! grep -hvxE '200|429' '$SCRATCH'/full.code.*"
curl -s -o "$SCRATCH/last" -w '%{http_code}' --json "$LONG" "$URL/v1/chat/completions" >"$SCRATCH/last.code" &
LAST=$!
sleep 0.1
stop_server TERM
exits "a server that drains ends well" 0
wait $LAST
check "after it has answered what was at work" test "$(cat "$SCRATCH/last.code")" = 200

# ---- no model at all ----

start_server --model "$SCRATCH/no-such-model"
wait_for_log '^autospec: ready: facts'
check "without a model the server runs, and says why" grep -q "there is no model: $SCRATCH/no-such-model: there is no such folder" "$SERVER_LOG"
http /ready
answers "it is ready for facts" 200 '.status == "ready" and .model == "none"'
http /query --json "$CAMRY"
answers "which are answered" 200 '.answer | test("203 hp")'
http /v1/chat/completions --json "$LONG"
refuses "what takes a model is refused" 503 no_model
answers "with the reason" 503 '.error.message | test("this takes a model, and there is none: .*no-such-model: there is no such folder")'
check "and not to come again" sh -c "! grep -qi '^retry-after' '$HEAD'"
http /v1/embeddings --json '{"input": "a car"}'
refuses "so are vectors" 503 no_model
http /query/llm-info
refuses "and what is known of a model" 503 no_model
http /ingest/text --json '{"name": "owl.txt", "text": "The 2030 Quenby Owl has a quiet cabin that its owners praise on long journeys."}'
answers "documents are read in" 200
http /query --json '{"query": "What do owners praise about the 2030 Quenby Owl?"}'
refuses "a question that has to be read is refused too" 503 no_model
http /query -H 'Accept: text/event-stream' --json '{"query": "What do owners praise about the 2030 Quenby Owl?"}'
check "as a stream as well" grep -q 'this takes a model, and there is none' "$OUT"
http "/documents?limit=1000"
id=$(jq '.documents[] | select(.name == "owl.txt") | .id' "$OUT")
http "/documents/$id" -X DELETE
stop_server TERM
exits "it ends well" 0

# ---- a model that another program cuts ----

AUTOSPEC_CACHE=$SCRATCH/cut start_server
find "$SCRATCH/cut" -name '*.safetensors' -exec truncate -s 4096 {} +
http /query --json "$CAMRY"
answers "facts are answered all the same" 200 '.answer | test("203 hp")'
http /v1/chat/completions --json "$LONG"
wait $SERVER_PID
STATUS=$?
SERVER_PID=
exits "a model whose file is cut ends the server" 1
check "which says so" grep -q "^autospec: $SCRATCH/cut/.*: cannot be read any more" "$SERVER_LOG"

finish
