#!/bin/bash
# What was acknowledged outlives the server: it is killed (SIGKILL) at random moments while documents
# are read in, over and over; afterwards every document that was acknowledged is there and whole, no
# other is there in part, and the database is sound.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$SCRATCH/killed.py" <<'P'
import json, os, random, re, signal, sqlite3, subprocess, sys, threading, time, urllib.request

program, store, rounds, per_round = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
random.seed(5)
acknowledged, sent = {}, {}


def start():
    p = subprocess.Popen([program, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True,
                         env={**os.environ, "AUTOSPEC_STORE": store})
    url = None
    for line in p.stderr:
        url = url or (re.search(r"listening on (http\S+)", line) or [None, None])[1]
        if "ready:" in line:
            threading.Thread(target=p.stderr.read, daemon=True).start()
            return p, url
    sys.exit("the server did not start")


def ingest(url, name, rows):
    text = "Make,Model,Year,Horsepower (hp)\n" + "".join(f"Zephyr,{name}-{i},2030,{i}\n" for i in range(rows))
    sent[name] = rows
    request = urllib.request.Request(url + "/ingest/text", json.dumps({"name": name + ".csv", "text": text}).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        acknowledged[name] = json.load(reply)["documents"][0]["chunks"]


def work(url, names):
    for name in names:
        try:
            ingest(url, name, random.randint(1, 400))
        except OSError:
            return


for n in range(rounds):
    p, url = start()
    names = [[f"r{n}t{t}d{d}" for d in range(per_round)] for t in range(2)]
    threads = [threading.Thread(target=work, args=(url, part)) for part in names]
    for t in threads:
        t.start()
    time.sleep(random.uniform(0.02, 0.35))
    p.send_signal(signal.SIGKILL)
    p.wait()
    for t in threads:
        t.join()

p, url = start()
with urllib.request.urlopen(url + "/documents") as reply:
    listed = {d["name"].removesuffix(".csv"): d["chunks"] for d in json.load(reply)["documents"]}
p.terminate()
p.wait()
db = sqlite3.connect(store)
counted = dict(db.execute("SELECT replace(path, '.csv', ''), count(c.id) FROM documents d"
                          " LEFT JOIN chunks c ON c.document = d.id GROUP BY d.id"))
orphans = db.execute("SELECT count(*) FROM chunks WHERE document NOT IN (SELECT id FROM documents)").fetchone()[0]
integrity = db.execute("PRAGMA integrity_check").fetchone()[0]
db.execute("INSERT INTO chunks_fts(chunks_fts, rank) VALUES('integrity-check', 1)")
print("sent", len(sent), "acknowledged", len(acknowledged))
checks = {
    "enough were sent and acknowledged to tell": len(sent) > rounds and len(acknowledged) >= rounds,
    "some were under way when it was killed": len(sent) > len(acknowledged),
    "every acknowledged document is there": all(n in listed for n in acknowledged),
    "and whole": all(acknowledged[n] == sent[n] == listed[n] == counted[n] for n in acknowledged if n in listed),
    "no document is there in part": all(counted[n] == listed[n] == sent[n] for n in listed),
    "no passage is without its document": orphans == 0,
    "the database is sound": integrity == "ok",
}
for name, ok in checks.items():
    print("ok" if ok else "not ok", "-", name)
P
python3 "$SCRATCH/killed.py" "$AUTOSPEC" "$SCRATCH/killed.db" 20 10 >"$OUT" 2>"$ERR"
while IFS= read -r line; do
    case $line in
    "ok - "*) pass "${line#ok - }" ;;
    "not ok - "*) fail "${line#not ok - }" "$(head -c 300 "$OUT")" ;;
    *) echo "  $line" ;;
    esac
done <"$OUT"
[ $((PASSED + FAILED)) -ge 7 ] || fail "the test ran to its end" "$(tail -n 5 "$ERR")"
finish
