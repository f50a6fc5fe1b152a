"""A stand-in for `autospec serve`, for the tests of the page: the endpoints that the page uses, with
vehicles of data/vehicles.csv, and switches for states that are hard to bring about for real.

    python3 tests/ui/mock_server.py [--port N] [--key KEY]

prints the port that it listens on. POST /mock with a JSON object turns switches: busy (so many
requests to /query get 429), loading (the model is not there yet: llm-info says 503), reading (questions
need the model too: 503 while it is loading), jobs (files become jobs: reading, failing,
locked or done), pause (seconds between tokens), break (so many answers stop
in the middle), wrong (the answer cites a passage that is none), thinking (reasoning comes first), empty (a
store without documents), paged (the sources stand on pages of a PDF file: "shown", "gone" where the file is
not there any more, "unsure" where OCR was). It finds rows by the words of the question, and of those before it, and answers
by a template in the form of src/server/openapi.json (tests/e2e/server_replies.sh compares the two); it is
no measure of the program.
"""

import argparse
import base64
import csv
import hashlib
import itertools
import json
import pathlib
import re
import struct
import sys
import time
import urllib.parse
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "src/server/ui/index.html"
NAMES = {"manufacturers": "manufacturer", "models": "model", "categories": "category",
         "engine-types": "engine_type", "transmission-types": "transmission"}
ATTRIBUTES = {"horsepower": "Horsepower (hp)", "torque": "Torque (lb-ft)", "tow": "Towing Capacity (lb)",
              "heavy": "Curb Weight (lb)", "weigh": "Curb Weight (lb)", "engine": "Engine",
              "seats": "Seats", "price": "Base Price (USD)"}


PAGES, WIDTH, HEIGHT = 3, 612, 792  # of the PDF file; points
BOXES = {1: [400.0, 600.0, 440.0, 612.0], 2: [72.0, 100.0, 130.0, 112.0]}  # of the first citation, of all others


def picture(dpi, highlight):
    """A white page with a black frame, as PNG, and what is marked in yellow."""
    scale = dpi / 72
    w, h = round(WIDTH * scale), round(HEIGHT * scale)
    rows = [bytearray(w) for _ in range(h)]
    rows[0][:] = rows[-1][:] = b"\1" * w
    for text in filter(None, highlight.split(";")):
        x0, y0, x1, y1 = (round(float(v) * scale) for v in text.split(","))
        for y in range(max(0, y0), min(h, y1)):
            rows[y][x0:x1] = b"\2" * len(rows[y][x0:x1])
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 3, 0, 0, 0))
            + chunk(b"PLTE", b"\xff\xff\xff\0\0\0\xff\xe0\0") + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + r for r in rows), 1))
            + chunk(b"IEND", b""))


def passage(number, row):
    title = f"{row['Year']} {row['Manufacturer']} {row['Model']} {row['Trim']}".removesuffix(" Base")
    lines = [f"{name}: {value}" for name, value in list(row.items())[4:] if value]
    return {"id": number, "content": "\n".join(lines), "location": f"row {number + 1}", "relevance_score": 1.0,
            "metadata": {"manufacturer": row["Manufacturer"], "model": row["Model"], "year": int(row["Year"]),
                         "trim": row["Trim"], "category": row["Category"], "engine_type": row["Engine Type"],
                         "transmission": row["Transmission"], "title": title,
                         "source": "/srv/sheets/vehicles.csv", "document": 1,
                         "line_first": number + 1, "line_last": number + 1}}


class Store:
    def __init__(self):
        with open(ROOT / "data/vehicles.csv", encoding="utf-8") as file:
            self.sample = [passage(i + 1, row) for i, row in enumerate(csv.DictReader(file))]
        self.fill()

    def fill(self):
        self.ids = itertools.count(1)
        self.passages = self.sample
        self.documents = [self.document("vehicles.csv", "csv", 31744, len(self.sample)),
                          self.document("toyota-tacoma-2024.md", "markdown", 1913, 6),
                          self.document("volvo-xc90-recharge-2023.md", "markdown", 2204, 5)]

    def add_pages(self):
        self.documents.append({**self.document("canyon.pdf", "pdf", 4711, 3), "id": 9})

    def empty(self):
        self.passages, self.documents = [], []

    def document(self, name, kind, size, chunks):
        return {"id": next(self.ids), "path": f"/srv/sheets/{name}", "kind": kind, "bytes": size,
                "chunks": chunks, "facts": 11 * chunks, "added": 1_750_000_000}

    def values(self, name, **of):
        found = [p["metadata"] for p in self.passages]
        return sorted({str(m[name]) for m in found if all(m[k] in v for k, v in of.items())})

    def search(self, query, metadata_filter, top_k):
        words = set(re.findall(r"\w+", query.lower()))

        def score(p):
            title = re.findall(r"\w+", p["metadata"]["title"].lower())
            return sum(len(w) for w in title if w in words and w != "is")

        as_list = lambda v: v if isinstance(v, list) else [v]
        found = [p for p in self.passages
                 if all(p["metadata"].get(k) in as_list(v) for k, v in metadata_filter.items())]
        best = sorted(found, key=score, reverse=True)
        if " or " in query:  # one of each make first
            best.sort(key=lambda p: (p["metadata"]["manufacturer"].lower() not in words, -score(p)))
            firsts = {p["metadata"]["manufacturer"]: p for p in reversed(best[:12])}
            best = [p for p in best if p in firsts.values()] + [p for p in best if p not in firsts.values()]
        best = best[:top_k]
        return [p for p in best if score(p) and score(p) >= score(best[0]) / 2]


def cell_of(p, attribute):
    """(value, unit) of a passage's line; None where it has none."""
    line = next((l for l in p["content"].split("\n") if l.startswith(attribute + ": ")), None)
    unit = re.search(r"\((.+)\)", attribute)
    return line and (line[len(attribute) + 2:], unit[1] if unit else None)


def row_of(p, attribute, n):
    value, unit = cell_of(p, attribute)
    m = p["metadata"]
    return {"vehicle": m["title"], "make": m["manufacturer"], "model": m["model"], "trim": m["trim"], "year": m["year"],
            "year_last": m["year"], "version": None, "attribute": attribute.split(" (")[0].lower(), "attribute_id": None,
            "qualifiers": [], "value": int(value) if value.isdigit() else value, "value_high": None, "unit": unit,
            "text": value, "converted_from": None, "remark": None, "limit": False, "implausible": False,
            "low_confidence": False, "best": False,
            "citation": n, "document": m["source"], "document_id": 1, "page": None, "boxes": [],
            "location": p["location"], "line": m["line_first"],
            "column": attribute, "begin": 0, "end": 0}


def table_of(rows):
    """The table of several rows, as Markdown and as data."""
    if len(rows) < 2:
        return None, None
    heading = rows[0]["attribute"] + (f", {rows[0]['unit']}" if rows[0]["unit"] else "")
    columns = [{"name": "Vehicle", "number": False},
               {"name": heading, "number": all(isinstance(r["value"], int) for r in rows)},
               {"name": "Source", "number": False}]
    shown = lambda r: (r["vehicle"], f"{r['value']:,}" if columns[1]["number"] else r["text"],
                       f"{pathlib.Path(r['document']).name}, {r['location']}")
    cells = [[{"text": t, "value": r["text"] if i == 1 else t} for i, t in enumerate(shown(r))] for r in rows]
    lines = [[c["name"] for c in columns], ["---"] * 3, *[[c["text"] for c in row] for row in cells]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n", {"columns": columns, "rows": cells, "left_out": 0}


def query_of(operation, attribute, found, carried, unresolved):
    return {"operation": operation,
            "vehicles": [{"asked": (t := p["metadata"]["title"]), "name": t, "year": p["metadata"]["year"], "entries": 1}
                         for p in found[:2]],
            "attributes": [{"id": None, "name": attribute, "qualifiers": []}] if attribute else [], "conditions": [],
            "unit": None, "aggregate": None, "order": None, "limit": None, "group": None, "documents": [],
            "language": "en", "carried": carried, "unresolved": unresolved, "assumed": [], "unused": []}


def questions_of(conversation):
    messages = conversation.get("messages", []) if isinstance(conversation, dict) else conversation or []
    return [m if isinstance(m, str) else m["content"] for m in messages]


def answer(store, body, wrong):
    query, carried = body["query"], False
    attribute_of = lambda text: next((name for word, name in ATTRIBUTES.items() if word in text.lower()), None)
    filters = body.get("metadata_filter") or {}
    found, attribute = store.search(query, filters, 200), attribute_of(query)
    for earlier in reversed(questions_of(body.get("conversation"))):  # what this one leaves out
        if not found or not attribute:
            carried = True
            found, attribute = found or store.search(earlier, filters, 200), attribute or attribute_of(earlier)
    listed = query.lower().startswith("list ")
    if not listed:
        found = found[:2] if " or " in query else found[:1]
    having = [p for p in found if attribute and cell_of(p, attribute)]
    cited = having[:5] if listed else having
    rows = [row_of(p, attribute, cited.index(p) + 1 if p in cited else None) for p in having]
    status = "found" if rows else "not_found" if attribute or found else "not_understood"
    operation = "list" if listed else "compare" if len(rows) > 1 else "value" if found else "none"
    name = attribute.split(" (")[0].lower() if attribute else ""
    markdown, cells = table_of(rows)
    out = {"query": query, "answer": "", "reasoning": None, "refused": not rows, "status": status,
           "understood": " · ".join(t for t in (operation, name, *[p["metadata"]["title"] for p in found[:2]]) if t),
           "parsed": query_of(operation, name, found, carried, [] if rows or found else query.rstrip("?").split()[-1:]),
           "rows": rows, "table": markdown, "table_data": cells, "documents": cited or found[:3], "citations": [], "numbers": [],
           "unsupported": 0, "metadata_filters_used": [], "computed": None,
           "notes": ["Read together with the question before it."] if carried else [],
           "usage": {"prompt_tokens": 0, "cached_tokens": 0, "generated_tokens": 0, "finish_reason": None},
           "timings": {"understand": 0.001, "retrieve": 0.002, "prompt": 0, "prefill": 0, "decode": 0, "total": 0.003},
           "metadata_filter": body.get("metadata_filter"), "execution_time": 0.004, "model": None, "request_id": "0" * 16}
    parts = []
    for n, (p, row) in enumerate(zip(cited, rows), 1):
        start = f"The {name} of the {row['vehicle']} is "
        if row["text"].isdigit():
            offset = len("".join([*parts, start]).encode())  # the API's offsets count bytes
            out["numbers"].append({"text": row["text"], "offset": offset, "unit": row["unit"], "supported": True, "citation": n})
        parts.append(f"{start}{row['text']}{' ' + row['unit'] if row['unit'] else ''} [{n}]. ")
        out["citations"].append({"n": n, "valid": True, "document": row["document"], "document_id": row["document_id"],
                                 "page": row["page"], "boxes": row["boxes"], "location": row["location"],
                                 "title": row["vehicle"], "quote": f"{attribute}: {row['text']}", "column": attribute,
                                 "line": row["line"], "begin": 0, "end": 0, "passage": n})
    if wrong and parts:
        parts.append("It is fast [9].")
        out["citations"].append({"n": 9, "valid": False})
        out.update(unsupported=1, model="autospec-nano", status="open")
    out["answer"] = "".join(parts).strip()
    if status == "not_found":
        out["answer"] = "The documents do not give this."
    elif status == "not_understood":
        out["answer"] = f"I did not understand “{out['parsed']['unresolved'][0]}”."
    return out


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, message, **headers):
        self.reply(status, {"error": {"message": message}}, **headers)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def admitted(self):
        key = self.server.key
        if not key or self.headers.get("Authorization") == f"Bearer {key}":
            return True
        self.body()
        self.refuse(401, "A key is needed: Authorization: Bearer KEY")
        return False

    def page(self):
        text = PAGE.read_text(encoding="utf-8")
        digest = lambda tag: base64.b64encode(hashlib.sha256(
            re.search(f"<{tag}>(.*?)</{tag}>", text, re.S)[1].encode()).digest()).decode()
        policy = (f"default-src 'none'; script-src 'sha256-{digest('script')}'; style-src 'sha256-{digest('style')}'; "
                  "connect-src 'self'; img-src data: blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
        self.reply(200, text.encode(), Content_Type="text/html; charset=utf-8", Content_Security_Policy=policy)

    def do_GET(self):
        store, url = self.server.store, urllib.parse.urlsplit(self.path)
        if url.path == "/":
            return self.page()
        if url.path == "/health":
            return self.reply(200, {"status": "ok"})
        if not self.admitted():
            return None
        name = url.path.removeprefix("/query/")
        if url.path == "/query/llm-info":
            if self.server.switches["loading"] == "never":
                return self.reply(503, {"error": {"message": "this takes a model, and there is none", "code": "no_model"}})
            if self.server.switches["loading"]:
                return self.refuse(503, "the model is being loaded", Retry_After="1")
            return self.reply(200, self.server.info())
        if name in NAMES:
            of = urllib.parse.parse_qs(url.query)
            return self.reply(200, {name: store.values(NAMES[name], **of)})
        if url.path == "/documents":
            return self.reply(200, {"documents": store.documents})
        if url.path == "/documents/1":
            return self.reply(200, {**store.documents[0], "offset": 0, "passages": store.passages[:100]})
        if url.path == "/documents/9":
            return self.reply(200, {**store.documents[-1], "offset": 0, "passages": store.passages[:3]})
        if url.path.startswith("/documents/9/pages/"):
            return self.document_page(url.path.removeprefix("/documents/9/pages/"), dict(urllib.parse.parse_qsl(url.query)))
        if url.path == "/ingest/jobs":
            return self.reply(200, {"jobs": [self.server.job(i) for i in sorted(self.server.jobs, reverse=True)], "total": len(self.server.jobs)})
        if url.path.startswith("/ingest/jobs/"):
            job = self.server.job(int(url.path.removeprefix("/ingest/jobs/")))
            return self.reply(200, job) if job else self.refuse(404, "There is no such job")
        if url.path == "/ingest/status":
            n = sum(d["chunks"] for d in store.documents)
            return self.reply(200, {"documents": len(store.documents), "chunks": n, "vehicles": n, "facts": 11 * n})
        return self.refuse(404, "There is no such path")

    def document_page(self, name, of):
        number = int(name.removesuffix(".png"))
        if number > PAGES:
            return self.refuse(404, f"document 9 has no page {number}")
        if not name.endswith(".png"):
            return self.reply(200, {"document": 9, "name": "canyon.pdf", "page": number, "label": "", "width": float(WIDTH),
                                    "height": float(HEIGHT), "pages": PAGES, "text": "2021 Borrego Canyon"})
        self.server.pages.append(self.path)
        if self.server.switches["paged"] == "gone":
            return self.refuse(404, "canyon.pdf: the file has changed since it was read; ingest it again")
        return self.reply(200, picture(int(of.get("dpi", 144)), of.get("highlight", "")), Content_Type="image/png")

    def do_DELETE(self):
        if not self.admitted():
            return
        if self.path.startswith("/ingest/jobs/"):
            return self.reply(200, self.server.jobs.pop(int(self.path.removeprefix("/ingest/jobs/")), {}))
        number = self.path.removeprefix("/documents/")
        left = [d for d in self.server.store.documents if str(d["id"]) != number]
        found = len(left) < len(self.server.store.documents)
        self.server.store.documents = left
        self.reply(200, {"deleted": number}) if found else self.refuse(404, "There is no such document")

    def do_POST(self):
        if self.path == "/mock":
            self.server.switches.update(json.loads(self.body()))
            store = self.server.store
            store.empty() if self.server.switches.pop("empty", False) else store.fill()
            if self.server.switches["paged"]:
                store.add_pages()
            if not self.server.switches["jobs"]:
                self.server.jobs.clear()
            return self.reply(200, {})
        if not self.admitted():
            return None
        if self.path == "/query":
            return self.query(json.loads(self.body()))
        if self.path.split("?")[0] == "/ingest/file":
            return self.ingest(self.body())
        if self.path.startswith("/ingest/jobs/") and self.path.endswith("/retry"):
            job = self.server.jobs[int(self.path.split("/")[3])]
            job.update(status="queued", error=None)
            return self.reply(200, job)
        if self.path == "/ingest/reset" and json.loads(self.body()).get("confirm"):
            self.server.store.empty()
            return self.reply(200, {"status": "ok"})
        self.body()
        return self.refuse(404, "There is no such path")

    def ingest(self, body):
        name = re.search(rb'name="file"; filename="([^"]*)"', body)
        if not name:
            return self.refuse(400, "The form has no field file")
        name = name[1].decode()
        if self.server.switches["jobs"]:
            password = re.search(rb'name="password"\r\n\r\n([^\r]*)', body)
            return self.reply(202, {"jobs": [self.server.add_job(name, password[1].decode() if password else "")]})
        if not name.endswith((".csv", ".json", ".md", ".txt")):
            return self.refuse(415, f"{name}: not a kind of document that can be read")
        document = self.server.store.document(name, pathlib.Path(name).suffix[1:], len(body), 3)
        self.server.store.documents.append(document)
        return self.reply(200, {**document, "outcome": "new"})

    def query(self, body):
        switches = self.server.switches
        self.server.asked.append(body)
        if switches["busy"] > 0:
            switches["busy"] -= 1
            return self.refuse(429, "Too many questions are waiting", Retry_After="1")
        if switches["loading"] and switches["reading"]:
            return self.refuse(503, "the model is being loaded", Retry_After="1")
        if not self.server.store.documents:
            return self.refuse(409, "there are no documents yet")
        done = answer(self.server.store, body, switches["wrong"])
        for n, c in enumerate(done["citations"], 1):
            if switches["paged"]:
                c.update(document="/srv/sheets/canyon.pdf", document_id=9, page=min(n + 1, PAGES), boxes=[BOXES[min(n, 2)]])
        for row in done["rows"]:
            row["low_confidence"] = switches["paged"] == "unsure"
        if switches["thinking"] or body.get("thinking"):
            done["reasoning"] = "The passage lists it in a line of its own. The unit stands in the name."
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self.stream(done, switches)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return None

    def stream(self, done, switches):
        self.event("sources", {"documents": done["documents"], "metadata_filters_used": [], "notes": []})
        time.sleep(switches["pause"])
        for kind, text in (("reasoning", done["reasoning"] or ""), ("token", done["answer"])):
            pieces = re.findall(r".{1,4}", text)
            for i, piece in enumerate(pieces):
                if kind == "token" and switches["break"] and i == len(pieces) // 2:
                    switches["break"] -= 1
                    return
                self.event(kind, {"text": piece})
                time.sleep(switches["pause"])
        self.event("done", done)

    def event(self, name, data):
        self.wfile.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port, key):
        super().__init__(("127.0.0.1", port), Handler)
        self.key, self.store, self.began, self.asked = key, Store(), time.time(), []
        self.switches = {"busy": 0, "loading": False, "reading": False, "pause": 0.005, "break": 0, "wrong": False, "thinking": False, "paged": "", "jobs": ""}
        self.jobs, self.passwords, self.last_job = {}, {}, 0
        self.pages = []  # pictures that were asked for

    def add_job(self, name, password):
        self.last_job += 1
        self.jobs[self.last_job] = {"id": self.last_job, "name": name, "status": "queued", "done": 0, "total": 12, "word": "pages",
                                    "error": None, "document": None}
        self.passwords[self.last_job] = password
        return self.jobs[self.last_job]

    def job(self, number):
        """A job as it is now: what becomes of it is the switch's choice."""
        job, how = self.jobs.get(number), self.switches["jobs"]
        if not job or job["status"] in ("done", "failed"):
            return job
        if how == "reading":
            job.update(status="reading", done=3)
        elif how == "failing":
            job.update(status="failed", error=f"{job['name']}: the disk is full")
        elif how == "locked" and self.passwords[number] != "secret":
            what = "the password does not open the PDF" if self.passwords[number] else "the PDF is locked with a password"
            job.update(status="failed", error=f"{job['name']}: {what}")
        else:
            document = self.store.document(job["name"], "pdf", 1000, 3)
            self.store.documents.append(document)
            job.update(status="done", done=12, document={**document, "outcome": "new"})
        return job

    def info(self):
        t = time.time() - self.began
        wave = abs((t / 6) % 2 - 1)
        return {"model_name": "autospec-nano", "revision": "embedded", "architecture": "qwen2",
                "parameters": 4_210_000, "device": "cpu", "device_name": "CPU, 8 cores, AVX-512",
                "quantization": "4-bit", "compute_dtype": "int8 x int4, sums in float32",
                "temperature": 0, "max_tokens": 160, "context_length": 4096,
                "memory": {"weights": 5_400_000, "activations": 2_100_000, "resident": 15_200_000, "peak": 17_900_000,
                           "kv_cache": {"used": int(6e6 * wave), "total": 8_400_000}},
                "vram_usage": None, "prefill_rate": 3600 + 500 * wave, "decode_rate": 110 + 40 * wave,
                "queue_length": int(3 * wave), "uptime": t}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="")
    options = parser.parse_args()
    server = Server(options.port, options.key)
    print(server.server_address[1], flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
