"""Hostile and broken documents, one list of all kinds: run by hostile.sh.

Each is read on the command line (but with the address sanitizer, which has its own ideas of memory) and
sent to a running server. It is read, or it costs one clear line that names it, in bounded memory and time;
the server answers other requests meanwhile, and is in good health afterwards. The number of distinct
inputs is printed. HOSTILE_REPORT=FILE writes what each took there."""
import hashlib
import json
import os
import stat
import subprocess
import sys
import threading
import time
import uuid

from serving import Server, check, finish

FOLDER, HELPER = sys.argv[1], sys.argv[2]
PROGRAM = os.environ["AUTOSPEC"]
SANITIZED = "asan" in PROGRAM
LEAST = 100  # distinct inputs
# What the helper may take for a page is 30 s; here it has less, so that the test takes less.
PAGE_SECONDS = 1
# The command line reads all of them; the server, which reads with the same code, those of every third, others in a
# sanitized build. TEST_LONG=1: all.
EVERY = 1 if os.environ.get("TEST_LONG") else 3
MOST_CPU = 20       # seconds, of program and helper together
MOST_SECONDS = 150  # by the clock, on a machine that has other things to do
# 1536 MB is what the helper may take, its own code and the document beside that; the program itself takes less.
MOST_MEMORY = (1536 + 96) << 20
MOST_SERVER_MEMORY = 1024 << 20


def own_files():
    """What neither pdf_files.py nor office_files.py makes: texts."""
    return {
        "deep.json": b"[" * 200000, "deep-closed.json": b'{"a":' * 100000 + b"1" + b"}" * 100000,
        "cut.json": b'[{"Model": "Heron", "Power (hp)": 400}, {"Mod',
        "keys.json": b'{"Model": "Heron", ' + b", ".join(b'"k%d": %d' % (i, i) for i in range(300000)) + b"}",
        "number.json": b'[{"Model": "Heron", "Power (hp)": 1e999999999}]',
        "surrogate.json": b'[{"Model": "\\ud800", "Power (hp)": 4}]',
        "deep.jsonl": b'{"a":' * 100000 + b"\n",
        "wide.csv": b",".join(b"Power %d (hp)" % i for i in range(200000)) + b"\n" + b",".join([b"4"] * 200000) + b"\n",
        "quote.csv": b'Model,Power (hp)\nHeron,"400\n' + b"Tern,300\n" * 50000,
        "ragged.csv": b"Model,Power (hp)\n" + b"".join(b"Heron" + b",4" * (i % 300) + b"\n" for i in range(1000)),
        "nul.csv": b"Model,Power (hp)\nHeron\0,400\n", "half.csv": b"\xff\xfeM\0o\0d\0e\0l\0,\0P\0\x00\xd8\n\0x",
        "latin.csv": bytes(range(128, 256)) * 3000,
        "deep.md": b">" * 200000 + b" Power: 400 hp\n", "brackets.md": b"[" * 200000 + b"](" * 100000,
        "table.md": b"|a" * 50000 + b"\n" + b"|-" * 50000 + b"\n" + b"|1" * 50000 + b"\n",
        "line.txt": b"400 hp " * 300000, "empty.txt": b"", "blank.txt": b" \n" * 1000000,
        "entities.html": b"<p>" + b"&amp" * 500000, "attributes.html": b"<p " + b"a=b " * 300000 + b">Power: 400 hp",
        "spans.html": b"<table>" + b"<tr><td rowspan=65535 colspan=65535>4" * 3000 + b"</table>",
        "tables.html": b"<table><tr><td>" * 20000 + b"400 hp",
        "times.srt": b"1\n99:99:99,999 --> 00:00:00,000\nPower: 400 hp\n\n" * 20000,
    }


def make_files():
    """[(path, what is expected)]: "any", "read" or "error TEXT"."""
    pdf, office, own = (os.path.join(FOLDER, name) for name in ("pdf", "office", "own"))
    for folder in (pdf, own):
        os.makedirs(folder)
    subprocess.run([sys.executable, "tests/pdf_files.py", pdf], check=True)
    subprocess.run([sys.executable, "tests/e2e/office_files.py", office], check=True)
    files = []
    for line in open(os.path.join(pdf, "list.txt"), encoding="utf-8"):
        name, _, expected = line.rstrip("\n").partition("\t")
        files.append((os.path.join(pdf, name), expected))
    hostile = os.path.join(office, "hostile")
    in_bounds = ("circle.xls", "lying_size.xlsx", "deep.html")
    files += [(os.path.join(hostile, n), "any" if n in in_bounds else "error ") for n in sorted(os.listdir(hostile))]
    files += [(os.path.join(office, n), "any") for n in sorted(os.listdir(office)) if n.startswith("large-")]
    for name, data in own_files().items():
        with open(os.path.join(own, name), "wb") as f:
            f.write(data)
        files.append((os.path.join(own, name), "any"))
    return files


def wrong_line(name, expected, read, line):
    """What is wrong with what was said of it; "" when nothing is."""
    if read and expected.startswith("error"):
        return "it was read"
    if not read and expected == "read":
        return "it was not read"
    if not read and expected.startswith("error ") and expected[6:] not in line:
        return f"it does not say '{expected[6:]}'"
    if not read and (name not in line or "\n" in line or len(line) > 400 or not line.isprintable()):
        return "it is no clear line"
    return ""


def on_command_line(path, expected):
    """(what is wrong, seconds of CPU time, bytes of the larger of program and helper)."""
    name = os.path.basename(path)
    with open(FOLDER + "/out", "w+b") as out, open(FOLDER + "/err", "w+b") as err:
        process = subprocess.Popen([PROGRAM, "ingest", path], stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        timer = threading.Timer(MOST_SECONDS, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        said, error = out.read(), err.read().decode("utf-8", "replace")
    took, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    read = process.returncode == 0
    if process.returncode not in (0, 1):
        wrong = f"exit status {process.returncode}"
    elif read and error:
        wrong = "it was read, and there is an error"
    elif not read and (said or not error.startswith("autospec: ") or not error.endswith("\n")):
        wrong = "it is no error of one line"
    else:
        wrong = wrong_line(name, expected, read, error[:-1])
    if took > MOST_CPU or memory > MOST_MEMORY:
        wrong = wrong or f"{took:.1f} s of CPU time, {memory >> 20} MB"
    return wrong and f"{name}: {wrong}: {error[:300]}", took, memory


def send(server, path):
    boundary = uuid.uuid4().hex
    with open(path, "rb") as f:
        data = f.read()
    body = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{os.path.basename(path)}\""
            "\r\n\r\n").encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return server.request("POST", "/ingest/file", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})


def through_server(server, path, expected):
    name = os.path.basename(path)
    began = time.monotonic()
    status, _, body = send(server, path)
    took = time.monotonic() - began
    reply = json.loads(body)
    line = reply.get("error", {}).get("message", "")
    wrong = f"status {status}" if status not in (200, 400, 413, 415, 422) else wrong_line(name, expected, status == 200, line)
    if took > MOST_SECONDS:
        wrong = wrong or f"{took:.1f} s"
    return wrong and f"{name}: {wrong}: {line[:300]}", took


class Neighbour(threading.Thread):
    """Asks the server other things all the time."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.end = server, threading.Event()
        self.answers, self.wrong, self.slowest = 0, [], 0.0

    def run(self):
        while not self.end.wait(0.05):
            began = time.monotonic()
            health = self.server.get("/health")[0]
            status, _, body = self.server.ask("What is the power of the 2031 Neighbour Fen?")
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.answers += 1
            if health != 200 or status != 200 or b"417" not in body:
                self.wrong.append((health, status, body[:200]))


def peak(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


def short_helper():
    """The helper with less time for a page."""
    path = FOLDER + "/autospec-pdf"
    with open(path, "w") as f:
        f.write("#!/bin/bash\nwhile [ $# -gt 0 ]; do\n    arguments+=(\"$1\")\n"
                f"    [ \"$1\" != --seconds ] || {{ shift; arguments+=({PAGE_SECONDS}); }}\n"
                f"    shift\ndone\nexec '{HELPER}' \"${{arguments[@]}}\"\n")
    os.chmod(path, stat.S_IRWXU)
    os.environ["AUTOSPEC_PDF"] = path


def report(lines):
    if path := os.environ.get("HOSTILE_REPORT"):
        with open(path, "w") as f:
            f.writelines(line + "\n" for line in sorted(lines, reverse=True))


files = make_files()
distinct = len({hashlib.sha256(open(path, "rb").read()).digest() + os.path.splitext(path)[1].encode() for path, _ in files})
print(f"  {distinct} distinct hostile or broken inputs")
check(f"there are at least {LEAST} distinct inputs", distinct >= LEAST)
short_helper()
lines = []

if not SANITIZED:
    os.environ["AUTOSPEC_STORE"] = FOLDER + "/line.db"
    results = [on_command_line(path, expected) for path, expected in files]
    wrong = [r[0] for r in results if r[0]]
    check("on the command line each is read or costs one clear line, in bounded time and memory", not wrong, *wrong[:20])
    print(f"  {sum(r[1] for r in results):.0f} s of CPU time in all, {max(r[1] for r in results):.1f} s at most, "
          f"{max(r[2] for r in results) >> 20} MB at most")
    lines = [f"{took:7.2f} s {memory >> 20:5d} MB  {os.path.basename(path)}"
             for (path, _), (_, took, memory) in zip(files, results)]
    check("nothing was written outside of the store", not os.path.exists("/tmp/autospec-escaped") and
          not os.path.exists("/etc/autospec-escaped"))
report(lines)

with Server(store=FOLDER + "/server.db") as server:
    server.post("/ingest/text", {"name": "fen.csv", "text": "Make,Model,Year,Power (hp)\nNeighbour,Fen,2031,417\n"})
    before = peak(server.process.pid)
    neighbour = Neighbour(server)
    neighbour.start()
    files = files[1 if SANITIZED and EVERY > 1 else 0::EVERY]
    results = [through_server(server, path, expected) for path, expected in files]
    neighbour.end.set()
    neighbour.join()
    wrong = [r[0] for r in results if r[0]]
    check("sent to the server each is read or costs one clear line, in bounded time", not wrong, *wrong[:20])
    print(f"  {len(files)} inputs, {sum(r[1] for r in results):.0f} s in all, {max(r[1] for r in results):.1f} s at most; "
          f"{neighbour.answers} other questions answered meanwhile, the slowest in {neighbour.slowest:.2f} s")
    check("other requests are answered meanwhile", neighbour.answers > 10 and not neighbour.wrong, *neighbour.wrong[:5])
    check("without waiting", neighbour.slowest < (30 if SANITIZED else 5), f"{neighbour.slowest:.1f} s")
    after = peak(server.process.pid)
    print(f"  the server took {before >> 20} MB before, {after >> 20} MB at most")
    check("the server's memory is bounded", SANITIZED or after < MOST_SERVER_MEMORY, f"{after >> 20} MB")
    listed = json.loads(server.get("/documents?limit=1000")[2])["documents"]
    there = {d["name"] for d in listed}
    refused = [os.path.basename(p) for p, e in files if e.startswith("error")]
    check("nothing of what was refused is stored", "fen.csv" in there and not there & set(refused), there & set(refused))
    status, _, body = server.get("/health")
    check("the server is in good health", status == 200 and json.loads(body).get("status") in ("ok", "healthy", "ready"), body)
    check("and ends well", server.stop() == 0)
finish()
