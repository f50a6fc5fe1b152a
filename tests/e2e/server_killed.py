"""A server that is killed while it reads documents in, over and over: run by server_killed.sh.

Each document's text tells from its own length how many passages and facts it has. Two clients work
on names of their own, so that for each name the order of what was sent is known: afterwards the
document must be as it was last acknowledged, or as the one request has made it whose answer the
kill cut off."""
import json
import random
import sqlite3
import sys
import threading
import time
import uuid

from serving import JSON, Server, check, finish

STORE, KILLS = sys.argv[1], int(sys.argv[2])
CLIENTS, PER_CLIENT = 2, 10
random.seed(5)

acknowledged = {}  # name: rows; 0: deleted
under_way = {}     # name: rows, for the request that was not answered
sent = 0


def text_of(name, rows):
    return "Make,Model,Year,Horsepower (hp)\n" + "".join(
        f"Zephyr,{name}-{i},2030,{i + 1}\n" for i in range(rows))


def send_text(server, name, rows):
    return server.post("/ingest/text", {"name": name, "text": text_of(name, rows)})


def send_file(server, name, rows):
    boundary = uuid.uuid4().hex
    body = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
            f"{text_of(name, rows)}\r\n--{boundary}--\r\n")
    return server.request("POST", "/ingest/file", body,
                          {"Content-Type": f"multipart/form-data; boundary={boundary}"})


def change(server, name, ids):
    """One request; the answer is written down only when all of it has come."""
    global sent
    rows = random.choice([random.randint(1, 30), random.randint(100, 400)])
    gone = name in ids and random.random() < 0.2
    under_way[name] = 0 if gone else rows
    sent += 1
    if gone:
        status, _, body = server.request("DELETE", f"/documents/{ids[name]}")
        ids.pop(name)
    else:
        status, _, body = random.choice([send_text, send_file])(server, name, rows)
        ids[name] = json.loads(body)["documents"][0]["id"]
    if status != 200:
        raise RuntimeError(f"{status}: {body[:200]}")
    acknowledged[name] = under_way.pop(name)


def work(server, client):
    ids = {}
    names = [f"k{round_number}c{client}d{d}.csv" for d in range(PER_CLIENT)]
    try:
        for _ in range(3 * PER_CLIENT):
            change(server, random.choice(names), ids)
    except (OSError, ValueError) as e:  # the server is gone, or its answer was cut off
        if isinstance(e, ValueError) and server.process.poll() is None:
            raise
    except Exception as e:
        if "IncompleteRead" not in repr(e) and "BadStatusLine" not in repr(e):
            check("a client works", False, repr(e))


cut_off = 0
for round_number in range(KILLS):
    with Server(store=STORE) as server:
        under_way.clear()
        threads = [threading.Thread(target=work, args=(server, c)) for c in range(CLIENTS)]
        for t in threads:
            t.start()
        time.sleep(random.uniform(0.02, 0.35))
        server.process.kill()
        server.process.wait()
        for t in threads:
            t.join()
        cut_off += len(under_way)
        # What was cut off is there or not, but as a whole: the next start tells which.
        db = sqlite3.connect(STORE)
        for name, rows in under_way.items():
            found = db.execute("SELECT count(c.id) FROM documents d JOIN chunks c ON c.document = d.id"
                               " WHERE d.path = ?", (name,)).fetchone()[0]
            before = acknowledged.get(name, 0)
            if found not in (before, rows):
                check(f"{name} is as before or as sent", False, f"{found} rows, not {before} or {rows}")
            acknowledged[name] = found
        db.close()

with Server(store=STORE) as server:
    listed = {d["name"]: d for d in json.loads(server.get("/documents")[2])["documents"]}
    name = next(n for n, rows in acknowledged.items() if rows)
    status, _, body = server.ask(f"What is the horsepower of the 2030 Zephyr {name}-0?")
    check("the store answers", status == 200 and (f"{name}-0", 1) in [(r["model"], r["value"]) for r in json.loads(body)["rows"]], body)
    check("the server ends well", server.stop() == 0)

there = {n: rows for n, rows in acknowledged.items() if rows}
db = sqlite3.connect(STORE)
counted = dict(db.execute("SELECT d.path, count(c.id) FROM documents d LEFT JOIN chunks c"
                          " ON c.document = d.id GROUP BY d.id"))
records = dict(db.execute("SELECT d.path, count(r.id) FROM documents d JOIN fact_sources s ON s.document = d.id"
                          " JOIN fact_records r ON r.source = s.id GROUP BY d.id"))
print(f"killed {KILLS} times: {sent} requests, {cut_off} cut off, {len(there)} documents there")
check("requests were cut off, and others answered", cut_off > 0 and sent > 2 * KILLS)
check("every acknowledged document is there", all(n in listed for n in there),
      [n for n in there if n not in listed][:5])
check("those that were deleted are not", all(n in there for n in listed), [n for n in listed if n not in there][:5])
# Each row has as many facts as any other.
per_row = listed[name]["facts"] // there[name]
wrong = [(n, there[n], listed[n], counted[n], records.get(n)) for n in there if n in listed and not (
    there[n] == listed[n]["chunks"] == counted[n] == records.get(n) and listed[n]["facts"] == per_row * there[n])]
check("each is whole", per_row > 0 and not wrong, wrong[:5])
check("no passage is without its document",
      db.execute("SELECT count(*) FROM chunks WHERE document NOT IN (SELECT id FROM documents)").fetchone()[0] == 0)
check("no record or column without its table, and no table without its document", not any(
    db.execute(f"SELECT count(*) FROM {inner} WHERE {member} NOT IN (SELECT id FROM {outer})").fetchone()[0]
    for inner, member, outer in (("fact_records", "source", "fact_sources"), ("fact_columns", "source", "fact_sources"),
                                 ("fact_sources", "document", "documents"))))
check("the database is sound", db.execute("PRAGMA integrity_check").fetchone()[0] == "ok" and
      not db.execute("PRAGMA foreign_key_check").fetchall())
db.execute("INSERT INTO chunks_fts(chunks_fts, rank) VALUES('integrity-check', 1)")
check("and its index", True)
finish()
