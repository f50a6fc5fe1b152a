#!/bin/bash
# The library as another program uses it: installed below a prefix, found by pkg-config, linked both
# ways, exporting its header's names alone; and the Python package over it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

prefix=$SCRATCH/prefix
check "make install succeeds" make_it install PREFIX="$prefix"

export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
# Programs that link a library with a sanitizer need it too.
san=
if nm -D "$prefix/lib/libautospec.so.0" | grep -q __asan_; then san=-fsanitize=address,undefined; fi
# names FILE NM-OPTION: what it defines for others, without what a sanitizer adds.
names() { nm "$2" --defined-only "$1" | awk 'NF == 3 { sub(/@.*/, "", $3); print $3 }' | grep -vE '^(__|_ZN?|AUTOSPEC_0$)'; }
# A declaration may go on in a second line.
declared=$(tr '\n' ' ' <include/autospec.h | grep -oE 'AUTOSPEC_API [a-z_ *]*autospec_[a-z_]+\(' |
    grep -oE 'autospec_[a-z_]+\(' | tr -d '(' | sort -u)
same_names() { [ -n "$2" ] && diff <(printf '%s\n' "$2") <(names "$prefix/lib/$1" "$3" | sort -u); }
check "the header declares functions" test "$(printf '%s\n' "$declared" | wc -l)" -ge 10
check "the shared library exports the header's functions and no other name" \
    same_names libautospec.so.0 "$declared" -D
check "so does the static one" same_names libautospec.a "$declared" -g

cc=${CC:-cc}
cd "$SCRATCH" || exit 1
# shellcheck disable=SC2046,SC2086 # flags, one a word
check "the example builds against the installed library" \
    $cc -Wall -Wextra -Werror $san "$ROOT/examples/answer.c" $(pkg-config --cflags --libs autospec) -o dynamic
# shellcheck disable=SC2046,SC2086
check "and with it inside" \
    $cc -Wall -Wextra -Werror $san "$ROOT/examples/answer.c" \
    $(pkg-config --static --cflags --libs autospec | sed s/-lautospec/-l:libautospec.a/) -o static
check "the second one does not load it" sh -c '! ldd ./static | grep libautospec'
check "the header is C++ as well" sh -c 'if command -v g++ >/dev/null; then
    echo "#include <autospec.h>
int main() { autospec_options o; autospec_options_init(&o, sizeof o); return o.size != sizeof o; }" >plus.cc
    g++ -Wall -Wextra -Werror plus.cc '"$san $(pkg-config --cflags --libs autospec)"' -o plus &&
    LD_LIBRARY_PATH='"$prefix"'/lib ./plus; fi'

# example PROGRAM...: runs it as run does the program.
example() {
    "$@" >"$OUT" 2>"$ERR" </dev/null
    STATUS=$?
}
for way in dynamic static; do
    example env LD_LIBRARY_PATH="$prefix/lib" "./$way"
    exits "the $way example runs" 0
    says "it answers with the Camry's power" "$OUT" '203'
    says "and names its cell" "$OUT" '^\[1\] 2023 Toyota Camry LE, vehicles.csv: Horsepower.*: 203$'
    says "and what was read from it" "$OUT" '^203 hp was read from \[1\]$'
    check "and the library prints nothing of its own" test ! -s "$ERR"
done

if ! command -v python3 >/dev/null; then
    skip "the Python package: there is no python3 (22 checks)"
    finish
fi
preload=
[ -z "$san" ] || preload="$($cc -print-file-name=libasan.so) $($cc -print-file-name=libubsan.so)"
python() {
    example env PYTHONPATH="$ROOT/python" PYTHONDONTWRITEBYTECODE=1 LD_LIBRARY_PATH="$prefix/lib" \
        LD_PRELOAD="$preload" ASAN_OPTIONS=detect_leaks=0 python3 "$@"
}
python "$ROOT/examples/answer.py"
exits "the Python example runs" 0
says "it answers with the Camry's power" "$OUT" '203'
says "compares" "$OUT" '11 hp'
says "and has the rows" "$OUT" '^2023 Honda Accord.* power 192.* hp from '
cat >more.py <<'P'
import sys, threading, warnings
from autospec import LocalLLM, AutospecError

question = "What is the horsepower of the 2023 Toyota Camry?"
camry = {"title": "2023 Toyota Camry LE", "content": "Horsepower (hp): 203\nTorque (lb-ft): 184", "id": "a.csv"}
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    llm = LocalLLM(model_name="nano", device="cuda:0", temperature=0.1, max_tokens=512,
                   use_4bit=True, use_8bit=False)
note = llm.info["device_note"]
print("warned" if (not note) or any(note in str(w.message) for w in caught) else "silent")
try:
    LocalLLM(device="cuda:9999", strict=True)
    print("opened")
except AutospecError as refusal:
    print("strict:", refusal)
try:
    LocalLLM(memory_limit=20_000_000)
    print("opened")
except AutospecError as refusal:
    print("memory:", refusal)
LocalLLM(memory_limit=None, kv_bits=8).close()
answer = llm.answer(question, [camry])
print("cites", answer.citations[0]["id"], answer.citations[0]["quote"])
print("understood", answer.status, answer.parsed["operation"], "Camry" in answer.understood, answer.generated)
print("rows", [(r["value"], r["unit"], r["document"]) for r in answer.rows], answer.table)
print("missing", llm.answer("What is the horsepower of the 1968 Tatra 603?", [camry]).status,
      llm.answer("blorptify the frumious quux", [camry]).status)
print("streams", "".join(llm.stream(question, [camry])).strip() == answer.text)
print("refuses", llm.answer(question, []).refused, next(llm.stream(question, [])) != "")
print("strings", "203" in llm.answer_query(question, ["2023 Toyota Camry LE\n\nHorsepower (hp): 203"]))
def stop(text, reasoning):
    raise KeyError("from the callback")
try:
    llm.generate("Tell me about the car.", on_text=stop)
except KeyError as error:
    print("raises", error)
texts = []
threads = [threading.Thread(target=lambda: texts.append(llm.answer_query(question, [camry])))
           for _ in range(3)]
[t.start() for t in threads]
[t.join() for t in threads]
print("threads", texts == [answer.text] * 3)
llm.close()
P
python more.py
exits "LocalLLM is used as its page says" 0
says "a GPU that is not there is warned of" "$OUT" '^warned$'
says "a model that does not fit is refused" "$OUT" '^memory: .*0\.02 GB can be had; what would fit: '
says "or refused, when strict" "$OUT" '^strict: .*cuda:9999'
says "citations name the document" "$OUT" '^cites a.csv Horsepower'
says "an answer says how it was understood" "$OUT" '^understood found value True False$'
says "and has its rows as data" "$OUT" "^rows \\[\\(203.*, 'hp', 'a.csv'\\)\\] None\$"
says "what is not there has a status, and so has what is not understood" "$OUT" '^missing not_found not_understood$'
says "the stream's pieces are the answer" "$OUT" '^streams True$'
says "without documents it refuses, also in a stream" "$OUT" '^refuses True True$'
says "documents may be strings" "$OUT" '^strings True$'
says "an exception in a callback comes out" "$OUT" "^raises 'from the callback'$"
says "threads may share it" "$OUT" '^threads True$'

# A model of the Hub, from a server on this machine that behaves like it.
mkdir -p hub/org
cp -r "$ROOT/models/nano" hub/org/tiny
python3 "$ROOT/tests/e2e/hub_server.py" hub ports 2>server.log &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$SCRATCH"' EXIT
for _ in $(seq 100); do
    [ -s ports ] && break
    sleep 0.1
done
read -r port _ <ports
cat >hub.py <<'P'
import os, sys
from autospec import LocalLLM, AutospecError

camry = [{"title": "2023 Toyota Camry LE", "content": "Horsepower (hp): 203\nTorque (lb-ft): 184"}]
told = []
def open_it(**more):
    return LocalLLM(model_name="org/tiny", hub_cache="kept", packed_cache="packed", **more)
def stop(*_):
    raise KeyError("stop")
try:
    open_it(progress=stop)
except KeyError:
    print("stopped")
llm = open_it(progress=lambda *report: told.append(report))
print("told", any(what == "org/tiny" and done == total > 1000000 for what, _, done, total in told),
      any(what == "packing weights" and done == total for what, _, done, total in told))
print("in kept", "/kept/models--org--tiny/snapshots/" in os.path.abspath(llm.info["folder"]))
os.environ["HF_ENDPOINT"] = "http://127.0.0.1:1"
print(open_it(offline=True).answer_query("What is the horsepower of the 2023 Toyota Camry?", camry))
try:
    LocalLLM(model_name="org/other", hub_cache="kept", offline=True)
except AutospecError as refusal:
    print("offline:", refusal)
P
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
export HF_ENDPOINT=http://127.0.0.1:$port
python hub.py
exits "a model of the Hub is opened by its name" 0
says "its progress can stop it" "$OUT" '^stopped$'
says "and tells of download and packing to their ends" "$OUT" '^told True True$'
says "it is kept where hub_cache says" "$OUT" '^in kept True$'
says "and answers without the network from then on" "$OUT" '203'
says "offline, another one is refused" "$OUT" '^offline: .*org/other'
unset HF_ENDPOINT

cd "$ROOT" || exit 1
check "make uninstall succeeds" make_it uninstall PREFIX="$prefix"
check "and leaves no file behind" test -z "$(find "$prefix" ! -type d)"
finish
