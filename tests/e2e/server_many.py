"""autospec serve with many clients at once and with bad ones: filters, 200 idle and 64 active
connections, slow readers, a full queue, clients that go, deadlines, broken HTTP, stopping. Run by
server_many.sh, which has filled the store."""
import json
import os
import re
import select
import signal
import socket
import threading
import time

from serving import JSON, WRITE, Server, check, events, finish, read_all, text_of, wait_for

QUESTIONS = [
    "What is the horsepower of the 2023 Toyota Camry?",
    "What is the curb weight of the 2023 Honda Accord?",
    "What is the towing capacity of the 2021 Ford F-150?",
    "Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?",
    "What is the towing capacity of the 2023 Toyota Camry?",
    "What is the torque of the 2022 Rivian R1T?",
    "How much does the 2021 Chevrolet Corvette weigh?",
    "What engine does the 2024 Toyota Tacoma have?",
]
LONG = ("Compare the horsepower, torque and weight of the 2023 Toyota Camry, the 2023 Honda Accord, "
        "the 2021 Ford F-150 and the 2022 Rivian R1T")
# So that a text takes a while on any machine; with a sanitizer it does so by itself.
SANITIZED = "san" in os.environ.get("AUTOSPEC", "")
PORTABLE = {"AUTOSPEC_ISA": "portable", "LLM_THREADS": "1"}
SLOW = {} if SANITIZED else PORTABLE


def at_once(jobs):
    """Runs functions in threads of their own; their results."""
    results = [None] * len(jobs)

    def run(i):
        try:
            results[i] = jobs[i]()
        except OSError as e:
            results[i] = e

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(jobs))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


def error_code(body):
    try:
        return json.loads(body)["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return None


def test_filters(server):
    def lists(path, name):
        return json.loads(server.get(path)[2])[name]

    values = {
        "manufacturer": lists("/query/manufacturers", "manufacturers"),
        "model": lists("/query/models?manufacturer=Toyota", "models"),
        "category": lists("/query/categories", "categories"),
        "engine_type": lists("/query/engine-types", "engine_types"),
        "transmission": lists("/query/transmission-types", "transmission_types"),
        "year": [2021, 2023],
    }
    for field, known in values.items():
        for given in (known[0], [known[0], known[-1]]):
            status, _, body = server.ask("What is the horsepower?", temperature=0, top_k=16,
                                         metadata_filter={field: given})
            wanted = given if isinstance(given, list) else [given]
            found = [d["metadata"][field] for d in json.loads(body).get("documents", [])]
            check(f"a filter by {field}, {'a list' if isinstance(given, list) else 'one value'}",
                  status == 200 and found and all(f in wanted for f in found), status, given, found)
    status, _, body = server.ask(QUESTIONS[0], metadata_filter={"year": []})
    check("an empty list filters nothing", status == 200 and json.loads(body)["documents"], body)


def test_crowd(server, solo):
    idle = [server.raw("") for _ in range(100)]
    kept = [server.connect() for _ in range(100)]
    check("200 idle connections are taken",
          all(server.get("/health", connection=c)[0] == 200 for c in kept))

    def client(i):
        c = server.connect()
        out = []
        for k in range(2):
            n = (i + 3 * k) % len(QUESTIONS)
            status, _, body = server.ask(QUESTIONS[n], connection=c, temperature=0)
            out.append((status, n, json.loads(body).get("answer")))
        c.close()
        return out

    results = at_once([lambda i=i: client(i) for i in range(64)])
    flat = [r for part in results if isinstance(part, list) for r in part]
    check("64 active ones beside them are all answered",
          len(flat) == 128 and all(r[0] == 200 for r in flat), results)
    check("each as it would be alone", all(r[2] == solo[r[1]] for r in flat),
          [r for r in flat if r[2] != solo[r[1]]][:2])
    check("the idle ones are still there",
          all(server.get("/health", connection=c)[0] == 200 for c in kept))
    ids = {server.get("/health", connection=c)[1]["x-request-id"] for c in kept}
    check("each request has an id of its own", len(ids) == len(kept))
    for c in idle + kept:
        c.close()


def test_slow_readers(server, solo):
    documents = json.loads(server.get("/documents")[2])["documents"]
    large = max(documents, key=lambda d: d["chunks"])
    path = f"/documents/{large['id']}?limit=1000"
    whole = server.get(path)[2]
    get = f"GET {path} HTTP/1.1\r\nHost: {server.host}\r\n\r\n"
    # Each asks for far more than the sockets hold, and for streams, and reads nothing.
    slow = [server.raw(get * 20 + server.query_bytes(query=QUESTIONS[0], stream=True, temperature=0),
                       receive_buffer=4096) for _ in range(24)]
    results = at_once([lambda n=n: server.ask(QUESTIONS[n % len(QUESTIONS)], temperature=0)
                       for n in range(16)])
    check("readers that read nothing stall nobody",
          all(r[0] == 200 and json.loads(r[2])["answer"] == solo[n % len(QUESTIONS)]
              for n, r in enumerate(results)), results)
    check("nor what reads the store", server.get(path)[2] == whole)
    data = b""
    while data.count(b"event: done") < 1:
        piece = slow[0].recv(65536)
        if not piece:
            break
        data += piece
    check("one that begins to read gets all of it", data.count(whole) == 20 and
          data.count(b"event: done") == 1, len(data), data[-200:])
    for s in slow:
        s.close()
    check("those that never did leave nothing running",
          wait_for(lambda: server.info()["queue"]["running"] == 0))


BROKEN = {
    "no HTTP at all": b"hello secretword\r\n\r\n",
    "bytes": bytes(range(256)) * 8,
    "a TLS greeting": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"secretword" * 20 + b"\r\n\r\n",
    "no version": b"GET /health\r\n\r\n",
    "a version that is none": b"GET /health HTTP/secretword\r\nHost: x\r\n\r\n",
    "no Host": b"GET /health HTTP/1.1\r\n\r\n",
    "a length that is none": b"POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: ten\r\n\r\n",
    "a negative length": b"POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    "a length beyond all numbers": b"POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                                   b"99999999999999999999999\r\n\r\n",
    "a chunk that is none": b"POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            b"Transfer-Encoding: chunked\r\n\r\nsecretword\r\n",
    "two lengths": b"POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                   b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a length with chunks": b"POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            b"Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "two hosts": b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: 127.0.0.1\r\n\r\n",
    "an escaped NUL in the path": b"GET /health%00x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a header without a colon": b"GET /health HTTP/1.1\r\nHost: localhost\r\nsecretword\r\n\r\n",
    "bytes in the path": b"GET /\xff\xfe%00%zz?\x01=secretword HTTP/1.1\r\nHost: localhost\r\n"
                         b"Connection: close\r\n\r\n",
}


def test_broken(server):
    for name, data in BROKEN.items():
        s = server.raw(data)
        s.shutdown(socket.SHUT_WR)
        reply = read_all(s)
        s.close()
        status = re.match(rb"HTTP/1\.[01] (\d+)", reply)
        check(f"broken HTTP ({name}) is refused or closed", not reply or (status and status[1][:1] == b"4"),
              reply[:200])
    s = server.raw("GET /health HTTP/1.1\r\nHost: x\r\n" + "secretword: y\r\n" * 20)
    s.close()  # in the middle of the headers
    s = server.raw(server.query_bytes(query=LONG)[:-30])
    s.close()  # in the middle of the body
    status, _, body = server.ask(QUESTIONS[0], temperature=0)
    check("and the next is answered", status == 200, body)
    status, _, body = server.request("POST", "/query", "{", {**JSON, "X-Request-Id": "own.id-1"})
    check("a refusal carries the request's id", json.loads(body)["error"]["request_id"] == "own.id-1", body)
    long = QUESTIONS[0] + " word17" * 5000
    began = time.monotonic()
    status, _, body = server.ask(long)
    check("a question of 35,000 letters is answered soon, and nothing is guessed",
          status == 200 and json.loads(body)["refused"] and time.monotonic() - began < 20, status, body)
    status, _, body = server.post(WRITE, {"messages": [{"role": "user", "content": long}]})
    check("a message longer than the context is a 4xx of its own",
          status == 400 and error_code(body) == "context_length_exceeded", status, body)


def test_half_closed(server):
    """A client that has said all it will say: its connection ends with the reply, not a minute later. The
    end often comes together with the request, which the server cannot tell from one that comes later."""
    request = f"GET /query/llm-info HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n\r\n"
    open_still = 0
    for _ in range(50):
        s = server.raw(request)
        s.shutdown(socket.SHUT_WR)
        s.settimeout(20)  # an idle one has 60
        try:
            reply = b""
            while piece := s.recv(65536):
                reply += piece
        except TimeoutError:
            open_still += 1
        s.close()
        if not reply.startswith(b"HTTP/1.1 200") or open_still:
            break
    check("a client that ends its sending gets its reply and the end", open_still == 0 and
          reply.startswith(b"HTTP/1.1 200"), reply[:200])
    connection = server.connect()
    for _ in range(2):
        _, headers, _ = server.get("/health", connection=connection)
    check("one that does not keeps its connection", connection.sock and headers.get("connection") != "close", headers)
    connection.close()


def test_gone(server):
    """Of a server that computes one at a time and takes four more."""
    ask = server.post_bytes(WRITE, text_of(600))

    def active():
        info = server.info()
        return info["queue"]["running"] + info["queue"]["waiting"]

    def five():
        """Connections of which the first is at work and two wait for the model: again when that was not
        seen before one was answered."""
        while True:
            crowd = [server.raw(ask) for _ in range(5)]
            seen = []
            wait_for(lambda: seen.append(active() >= 3 and server.metric("autospec_queue_length") == 2)
                     or seen[-1] or select.select(crowd, [], [], 0)[0])
            if seen[-1]:
                return crowd
            for s in crowd:
                s.close()
            wait_for(lambda: active() == 0)

    cancelled = server.metric("autospec_generations_cancelled_total")
    crowd = five()
    status, headers, body = server.write(600)
    check("the sixth is told to come again", status == 429 and error_code(body) == "queue_full", status, body)
    check("and when", headers.get("retry-after", "").isdigit(), headers)
    for s in crowd:
        s.close()
    check("when they go, nothing of them is left", wait_for(lambda: active() == 0))
    check("what was computed for them was broken off",
          wait_for(lambda: server.metric("autospec_generations_cancelled_total") > cancelled))
    first, *more = five()
    for s in more:
        s.close()  # these wait, most of them
    check("places in the queue are free again while the first still runs",
          wait_for(lambda: server.metric("autospec_queue_length") == 0), server.info())
    status, _, body = server.ask(QUESTIONS[0], temperature=0)
    check("and the next one is answered", status == 200, status, body)
    data = b""
    while b'"usage"' not in data:
        piece = first.recv(65536)
        if not piece:
            break
        data += piece
    check("so is the one that stayed", data.startswith(b"HTTP/1.1 200"), data[:100])
    first.close()


def test_deadline():
    with Server(["--parallel", "1", "--queue", "8", "--deadline", "1"], PORTABLE) as server:
        results = at_once([lambda: server.write(1500) for _ in range(8)])
        late = [r for r in results if r[0] == 504]
        check("at its deadline a request ends, running or waiting", len(late) >= 5 and
              all(r[0] in (200, 504) for r in results), [r[0] for r in results])
        check("with a code of its own", all(error_code(r[2]) == "deadline_exceeded" for r in late))
        streams = at_once([lambda: server.write(1500, stream=True) for _ in range(4)])
        ends = [events(r[2])[-1][1] for r in streams if r[0] == 200]
        errors = [json.loads(d)["error"]["code"] for d in ends if d != "[DONE]"]
        check("so does a stream, with an event",
              all(e == "deadline_exceeded" for e in errors) and all(r[0] in (200, 504) for r in streams), ends)
        check("some were late", len(errors) + sum(r[0] == 504 for r in streams) > 0, streams)
        check("nothing of them is left", wait_for(lambda: server.info()["queue"]["running"] == 0))
        check("it ends well", server.stop() == 0)
        check("no sanitizer spoke", not re.search("Sanitizer|runtime error", "".join(server.log)))


def test_drain():
    with Server(["--parallel", "2"], SLOW) as server:
        half = server.raw(server.query_bytes(query=LONG)[:-30])  # never sends the rest
        idle = server.connect()
        check("a connection is kept", server.get("/health", connection=idle)[0] == 200)
        work = server.raw(server.post_bytes(WRITE, text_of(300, stream=True)))
        wait_for(lambda: server.info()["queue"]["running"] > 0)
        server.process.send_signal(signal.SIGTERM)
        check("it says that it stops", wait_for(lambda: "stopping" in "".join(server.log)))
        status, _, body = server.ask(QUESTIONS[0], connection=idle)
        check("while it drains it takes nothing new", status == 503 and error_code(body) == "shutting_down",
              status, body)
        refused = False
        try:
            server.get("/health")
        except OSError:
            refused = True
        check("and no new connection", refused)
        data = b""
        while b"[DONE]" not in data and b'"error"' not in data:
            piece = work.recv(65536)
            if not piece:
                break
            data += piece
        check("what was at work is answered whole", b"[DONE]" in data, data[-300:])
        check("idle connections and half a request do not hold it up", server.process.wait(600) == 0)
        check("so that nothing had to be ended", "longer were ended" not in "".join(server.log))
        half.close()


with Server() as server:
    solo = [json.loads(server.ask(q, temperature=0)[2])["answer"] for q in QUESTIONS]
    check("alone each question is answered", all(solo), solo)
    with open(f"/proc/{server.process.pid}/limits") as f:
        files = next(line.split() for line in f if line.startswith("Max open files"))
    check("it may open more files than it takes connections", int(files[3]) > 1024 or files[3] == files[4],
          files)
    test_filters(server)
    test_crowd(server, solo)
    test_slow_readers(server, solo)
    test_broken(server)
    test_half_closed(server)
    check("SIGTERM ends it well", server.stop() == 0)
    log = "".join(server.log)
    check("no sanitizer spoke", not re.search("Sanitizer|runtime error", log))
    check("the log has no word of what was sent",
          not re.search("secretword|camry|horsepower|word17|compare", log, re.IGNORECASE))
with Server(["--parallel", "1", "--queue", "4"], SLOW) as server:
    test_gone(server)
    check("the small server ends well", server.stop() == 0)
    check("and no sanitizer spoke", not re.search("Sanitizer|runtime error", "".join(server.log)))
test_deadline()
test_drain()
finish()
