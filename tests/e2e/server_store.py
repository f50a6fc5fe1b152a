"""autospec serve over a store that another program has locked, or that can only be read: questions are
answered all the same, and what writes says what the matter is. Run by server_store.sh."""
import json
import os
import sqlite3
import stat
import time

from serving import Server, check, finish

STORE = os.environ["AUTOSPEC_STORE"]
CAMRY = "What is the horsepower of the 2023 Toyota Camry?"
TEXT = {"name": "a.csv", "text": "make,model,year,hp\nKia,Rio,2020,90\n"}


def lock(how):
    db = sqlite3.connect(STORE, isolation_level=None)
    if how == "EXCLUSIVE":
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("BEGIN " + how)
    db.execute("SELECT count(*) FROM documents").fetchall()
    return db


def answered(server):
    status, _, body = server.ask(CAMRY)
    if status != 200 or b"203 hp" not in body:
        print("  ", status, body[:300])
    return status == 200 and b"203 hp" in body


def test_locked():
    with Server() as server:
        db = lock("IMMEDIATE")
        status, headers, body = server.post("/ingest/text", TEXT)
        error = json.loads(body)["error"]
        check("a store that stays locked is 503, with when to come again", status == 503 and
              error["code"] == "server_busy" and headers.get("retry-after", "").isdigit(), status, headers, body)
        check("without its place on the disk", os.path.dirname(STORE) not in error["message"], error)
        check("questions are answered meanwhile", answered(server))
        db.execute("ROLLBACK")
        db.close()
        check("then it is written", server.post("/ingest/text", TEXT)[0] == 200)
        server.stop()
    db = lock("EXCLUSIVE")
    with Server() as server:
        check("a server starts though the store is locked", server.get("/ready")[0] == 200)
        check("and says so", any("no documents can be added" in line for line in server.log), server.log)
        db.execute("ROLLBACK")
        db.close()
        check("then it answers", answered(server))
        check("and writes", server.post("/ingest/text", {**TEXT, "name": "b.csv"})[0] == 200)
        server.stop()


def test_mode():
    for path, mode in ((STORE, 0o600), (os.path.dirname(STORE), 0o700)):
        check(f"mode {mode:o} of {os.path.basename(path)}", stat.S_IMODE(os.stat(path).st_mode) == mode,
              oct(os.stat(path).st_mode))


def test_read_only():
    folder = os.path.dirname(STORE)
    os.chmod(STORE, 0o444)
    os.chmod(folder, 0o555)
    wrapper = []
    if os.getuid() == 0:  # whom modes do not bind
        os.chown(STORE, 65534, 65534)
        os.chown(folder, 65534, 65534)
        wrapper = ["setpriv", "--reuid=65534", "--clear-groups"]
    os.chmod(os.path.dirname(folder), 0o755)
    with Server(wrapper=wrapper, environment={"HOME": "/nonexistent"}) as server:
        check("a store that can only be read is asked", answered(server), server.log)
        status, _, body = server.post("/ingest/text", {**TEXT, "name": "c.csv"})
        check("what writes is refused", status >= 400, status, body)
    os.chmod(folder, 0o755)


test_mode()
test_locked()
test_read_only()
finish()
