"""The helper that reads PDF files is killed at random moments while folders of documents are read in, until
that has been done KILLS times: `helper_killed.py FOLDER KILLS`, run by helper_killed.sh.

Which document a helper reads is told by what it has mapped. One whose helper was killed once is read in full
too, by a second helper; only where several are killed over one document may it be lost, with one line that
names it. No other document ever is."""
import collections
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from pdf_sheets import Page, save
from serving import check, finish

FOLDER, KILLS = sys.argv[1], int(sys.argv[2])
PROGRAM = os.environ["AUTOSPEC"]
DOCUMENTS, PAGES = 12, 8
SANITIZED = "asan" in PROGRAM
random.seed(7)


def make_documents():
    """Texts lie between the PDF files."""
    folder = os.path.join(FOLDER, "documents")
    os.makedirs(folder)
    for i in range(DOCUMENTS):
        pages = []
        for k in range(PAGES):
            p = Page()
            p.text(72, 72, f"2031 Tarn {i}-{k}", 18, True)
            p.text(72, 90, "x" * (i + 1))
            p.table(72, 110, [150, 70, 70], [["Specification", "Base", "Sport"]] +
                    [[f"Length of part {r} (mm)", str(1000 + r + k), str(1100 + r + i)] for r in range(30)])
            pages.append(p)
        save(os.path.join(folder, f"sheet{i:02}.pdf"), pages)
        if i % 3 == 0:
            with open(os.path.join(folder, f"sheet{i:02}.csv"), "w") as f:
                f.write("Make,Model,Year,Power (hp)\n" + "".join(f"Zephyr,S{i}-{r},2031,{r + 100}\n" for r in range(50)))
    return folder


def contents(store):
    """{document: (passages, facts)}"""
    db = sqlite3.connect(store)
    passages = dict(db.execute("SELECT d.path, count(c.id) FROM documents d LEFT JOIN chunks c ON c.document = d.id GROUP BY d.id"))
    records = dict(db.execute("SELECT d.path, count(r.id) FROM documents d LEFT JOIN fact_sources s ON s.document = d.id"
                              " LEFT JOIN fact_records r ON r.source = s.id GROUP BY d.id"))
    sound = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    db.close()
    return {os.path.basename(path): (n, records[path]) for path, n in passages.items()}, sound


def helpers(pid):
    """The helpers that a process has."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            children = open(f"/proc/{pid}/task/{thread}/children").read().split()
        except OSError:
            continue
        for child in children:
            try:
                if open(f"/proc/{child}/comm").read().startswith("autospec-pdf"):
                    found.append(int(child))
            except OSError:
                pass
    return found


def document_of(pid):
    """The name of the document that a helper has open, or has mapped."""
    try:
        for line in open(f"/proc/{pid}/maps"):
            if line.rstrip().endswith(".pdf"):
                return os.path.basename(line.rstrip())
        return os.path.basename(os.readlink(f"/proc/{pid}/fd/3"))
    except OSError:
        return None


def ingest(folder, store, budget):
    """Reads the folder, and kills helpers meanwhile. ({document: kills}, exit status, errors)."""
    for end in ("", "-wal", "-shm"):
        if os.path.exists(store + end):
            os.remove(store + end)
    process = subprocess.Popen([PROGRAM, "ingest", folder], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True, env={**os.environ, "AUTOSPEC_STORE": store})
    hit = collections.Counter()
    pause = time.monotonic() + random.uniform(0, 0.1)
    while process.poll() is None:
        time.sleep(0.001)
        if time.monotonic() < pause or hit.total() >= budget:
            continue
        found = helpers(process.pid) if process.poll() is None else []
        if not found:
            continue
        pid = random.choice(found)
        name = document_of(pid)
        if not name or not name.endswith(".pdf"): # it has ended by itself, and nobody has waited for it yet
            continue
        try:
            os.kill(pid, random.choice([signal.SIGKILL, signal.SIGSEGV]))
        except OSError:
            continue
        hit[name] += 1
        pause = time.monotonic() + random.uniform(0.01, 0.15) * (4 if SANITIZED else 1)
    return hit, process.returncode, process.stderr.read().splitlines()


folder = make_documents()
store = os.path.join(FOLDER, "store.db")
_, status, errors = ingest(folder, store, 0)
whole, _ = contents(store)
check("the documents are read when nothing is killed", status == 0 and not errors and
      len(whole) == DOCUMENTS + (DOCUMENTS + 2) // 3, status, errors)

killed = rounds = once = several = lost_several = 0
lost, changed, unsound, odd = [], [], [], []
while killed < KILLS:
    hit, status, errors = ingest(folder, store, min(KILLS - killed, random.randint(1, 8)))
    there, sound = contents(store)
    rounds += 1
    killed += hit.total()
    once += sum(1 for n in hit.values() if n == 1)
    several += sum(1 for n in hit.values() if n > 1)
    for name, expected in whole.items():
        if there.get(name) == expected:
            continue
        if hit[name] <= 1:
            (lost if name not in there else changed).append((rounds, name, hit[name], there.get(name), expected, errors))
        elif name not in there:
            lost_several += 1
            if sum(name in line for line in errors) != 1:
                odd.append((rounds, name, errors))
    if status not in (0, 1) or any(not line.startswith("autospec: ") for line in errors):
        odd.append((rounds, status, errors))
    if not sound:
        unsound.append(rounds)
print(f"  {killed} helpers killed in {rounds} runs over {len(whole)} documents: {once} documents were hit once,"
      f" {several} several times, of which {lost_several} were lost with a line")
check(f"{KILLS} helpers were killed", killed >= KILLS)
check("no document is lost but those whose helper was killed several times", not lost, *lost[:5])
check("and each that is there is whole", not changed, *changed[:5])
check("a document that is lost has one line, and there is no other", not odd, *odd[:5])
check("the store is sound", not unsound, unsound)
shutil.rmtree(folder)
finish()
