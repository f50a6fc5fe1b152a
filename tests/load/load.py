"""Many clients at once on `autospec serve`: short and long questions, streams, chats, clients that
go away in the middle, requests that are wrong. Every answer is compared with what the same request
got when nothing else ran.

    python3 tests/load/load.py [--clients 64] [--seconds 60] [--parallel N] [--first-token]

The program is $AUTOSPEC (build/autospec); the store is filled with data/. Exit status 0: no wrong
answer, no 5xx, no connection broken, memory within 5 % from the second minute on, no sanitizer
spoke. --first-token instead measures how long a short question waits for its first token, alone
and while prompts of 4,000 tokens are read.
"""
import argparse
import collections
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from serving import JSON, Server, events, read_all, resident  # noqa: E402

CARS = ["2023 Toyota Camry", "2023 Honda Accord", "2021 Ford F-150", "2022 Rivian R1T", "2024 Toyota Tacoma",
        "2021 Chevrolet Corvette", "2023 Mazda CX-50", "2020 Mercedes-Benz Sprinter"]
THINGS = ["horsepower", "torque", "curb weight", "length", "wheelbase", "base price"]


def short_questions():
    return [f"What is the {thing} of the {car}?" for car in CARS for thing in THINGS[:4]]


def long_questions():
    out = [f"Compare the {a} and the {b} of the " + ", the ".join(CARS[i:i + 3]) + f" and the {CARS[i + 3]}"
           for i in range(4) for a, b in (("horsepower", "torque"), ("length", "curb weight"))]
    # Nearly as long as the context lets a question be.
    return out + [f"{q} " + "Please note that the numbers should be those of the base trim. " * 70
                  for q in short_questions()[:4]]


def query(question, **more):
    return "/query", {"query": question, "temperature": 0, **more}


def chat(content, **more):
    return "/v1/chat/completions", {"messages": [{"role": "user", "content": content}], "temperature": 0,
                                    "seed": 1, "max_tokens": 64, **more}


def requests():
    """kind: [(path, body)]"""
    short, long = short_questions(), long_questions()
    return {
        # First: what all others are answered from.
        "again": [("/ingest/text", {"name": "again.txt", "text": "The horsepower of the 2031 Zephyr Gale is 7 hp."})],
        "short": [query(q) for q in short],
        "filtered": [query("What is the horsepower?", metadata_filter={"manufacturer": m, "year": [2021, 2022, 2023]})
                     for m in ("Toyota", ["Honda", "Ford"], "Rivian")],
        "long": [query(q) for q in long],
        "stream": [query(q, stream=True) for q in short[:16] + long[:6]],
        "chat": [chat(q, autospec={"retrieve": True}) for q in short[:6]] + [chat(q) for q in short[6:12]],
        "chat stream": [chat(q, stream=True) for q in short[:8]],
        "completion": [("/v1/completions", {"prompt": f"The {t} of the", "temperature": 0, "max_tokens": 48})
                       for t in THINGS],
        "list": [("/query/manufacturers", None), ("/query/models?manufacturer=Toyota", None),
                 ("/documents", None), ("/query/categories", None)],
    }


WEIGHTS = {"short": 30, "filtered": 4, "long": 8, "stream": 18, "chat": 6, "chat stream": 5, "completion": 5,
           "list": 5, "again": 1, "abort": 10, "wrong": 8}

WRONG = [("/query", b"{", 400), ("/query", b"[1]", 400), ("/query", b'{"query": 1}', 400), ("/query", b"\xff\xfe", 400),
         ("/query", b'{"query": "x", "top_k": -1}', 400), ("/query", b"[" * 100, 400), ("/nothing", b"{}", 404),
         ("/v1/chat/completions", b'{"messages": []}', 400), ("/v1/completions", b'{"prompt": "a", "n": 9}', 400),
         ("/query", b'{"query": "' + b"a" * 70000 + b'"}', 413), ("/health", b"{}", 405)]

# What differs from one time to the next.
PASSING = {"timings", "execution_time", "request_id", "id", "created", "cached_tokens", "prompt_tokens_details",
           "relevance_score", "seconds"}


def lasting(value):
    if isinstance(value, dict):
        return {k: lasting(v) for k, v in value.items() if k not in PASSING}
    if isinstance(value, list):
        return [lasting(v) for v in value]
    return value


def meaning(headers, body):
    """Of a reply of any kind, what must always be the same."""
    if not headers.get("content-type", "").startswith("text/event-stream"):
        return lasting(json.loads(body))
    out, text = [], ""
    for name, data in events(body):
        value = None if data == "[DONE]" else json.loads(data)
        if name == "token":
            text += value["text"]
        elif value and value.get("object") == "chat.completion.chunk":
            for choice in value["choices"]:
                text += choice["delta"].get("content", "")
                out += [choice["finish_reason"]] if choice["finish_reason"] else []
        else:
            out.append((name, lasting(value) if value else data))
    return [text, out]


class Load:
    def __init__(self, server, seconds):
        self.server, self.seconds = server, seconds
        self.requests = requests()
        self.expected = {}
        self.lock = threading.Lock()
        self.times = collections.defaultdict(list)
        self.first = []
        self.statuses = collections.Counter()
        self.wrong, self.broken = [], []
        self.memory = []

    def send(self, connection, path, body):
        """(status, headers, body, seconds to the first byte)"""
        began = time.monotonic()
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, body if isinstance(body, bytes) else json.dumps(body), JSON)
        reply = connection.getresponse()
        first = reply.read(1)
        seconds = time.monotonic() - began
        return (reply.status, {k.lower(): v for k, v in reply.getheaders()}, first + reply.read(), seconds)

    def learn(self):
        connection = self.server.connect()
        for kind, variants in self.requests.items():
            for i, (path, body) in enumerate(variants):
                for _ in range(2 if kind == "again" else 1):  # the second is the one that changes nothing
                    status, headers, reply, _ = self.send(connection, path, body)
                if status != 200:
                    sys.exit(f"alone, {path} {json.dumps(body)[:200]} gave {status}: {reply[:300]}")
                self.expected[kind, i] = meaning(headers, reply)
        connection.close()

    def abort(self, rng):
        """Goes away: before anything, at once, in the middle of a stream, in the middle of its request."""
        path, body = rng.choice(self.requests["stream"] + self.requests["long"])
        data = self.server.query_bytes(**body)
        how = rng.randrange(4)
        s = self.server.raw(data[:-rng.randint(1, len(data) - 1)] if how == 0 else data)
        if how == 2:
            s.recv(rng.choice([1, 200, 2000]))
        if how == 3:
            time.sleep(rng.random() * 0.3)
        if rng.random() < 0.5:  # a reset instead of an end
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        s.close()

    def client(self, number, until):
        rng = random.Random(number)
        connection = self.server.connect()
        kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
        while time.monotonic() < until:
            kind = rng.choices(kinds, weights)[0]
            began = time.monotonic()
            try:
                if kind == "abort":
                    self.abort(rng)
                    status, first = 0, None
                elif kind == "wrong":
                    path, body, wanted = rng.choice(WRONG)
                    status, _, reply, first = self.send(connection, path, body)
                    if status != wanted and status != 429:
                        self.note(self.wrong, (kind, path, body[:60], status, reply[:200]))
                else:
                    i = rng.randrange(len(self.requests[kind]))
                    status, headers, reply, first = self.send(connection, *self.requests[kind][i])
                    if status == 200 and meaning(headers, reply) != self.expected[kind, i]:
                        self.note(self.wrong, (kind, self.requests[kind][i], meaning(headers, reply),
                                               self.expected[kind, i]))
                    elif status not in (200, 429):
                        self.note(self.wrong, (kind, self.requests[kind][i], status, reply[:300]))
                    if status == 429:
                        time.sleep(min(5, float(headers.get("retry-after", 1))))
            except OSError as e:
                self.note(self.broken, (kind, repr(e)))
                connection.close()
                connection = self.server.connect()
                continue
            except Exception as e:  # http.client's
                self.note(self.broken, (kind, repr(e)))
                connection.close()
                connection = self.server.connect()
                continue
            with self.lock:
                self.statuses[status] += 1
                if status == 200:
                    self.times[kind].append(time.monotonic() - began)
                    if "stream" in kind:
                        self.first.append(first)
        connection.close()

    def note(self, where, what):
        with self.lock:
            where.append(what)

    def watch(self, until):
        began = time.monotonic()
        while time.monotonic() < until:
            self.memory.append((time.monotonic() - began, resident(self.server.process.pid)))
            time.sleep(1)

    def run(self, clients):
        until = time.monotonic() + self.seconds
        threads = [threading.Thread(target=self.client, args=(i, until)) for i in range(clients)]
        threads.append(threading.Thread(target=self.watch, args=(until,)))
        for t in threads:
            t.start()
        for t in threads:
            t.join()


def percentile(values, p):
    return sorted(values)[min(len(values) - 1, int(len(values) * p / 100))] if values else float("nan")


def report(load, sanitized):
    """Whether all was well."""
    print(f"{sum(load.statuses.values())} requests; by status: "
          + ", ".join(f"{s or 'gone'} {n}" for s, n in sorted(load.statuses.items())))
    for kind, times in sorted(load.times.items()):
        print(f"  {kind:12} {len(times):6}  p50 {percentile(times, 50):7.3f} s  p99 {percentile(times, 99):7.3f} s")
    answered = [t for times in load.times.values() for t in times]
    print(f"  {'all':12} {len(answered):6}  p50 {percentile(answered, 50):7.3f} s  p99 {percentile(answered, 99):7.3f} s")
    print(f"  first byte of streams: p50 {percentile(load.first, 50):.3f} s, p99 {percentile(load.first, 99):.3f} s")
    steady = [m for t, m in load.memory if t >= min(60, load.seconds / 2)]
    spread = (max(steady) - min(steady)) / min(steady)
    print(f"memory: {load.memory[0][1] / 1e6:.1f} MB at first, then {min(steady) / 1e6:.1f} to "
          f"{max(steady) / 1e6:.1f} MB ({100 * spread:.1f} %)")
    log = "".join(load.server.log)
    faults = {
        "wrong answers": len(load.wrong), "5xx": sum(n for s, n in load.statuses.items() if s >= 500),
        "broken connections": len(load.broken),
        "memory grew": int(not sanitized and load.seconds >= 120 and spread > 0.05),
        "sanitizer reports": log.count("WARNING: ThreadSanitizer") + log.count("ERROR: AddressSanitizer")
        + log.count("runtime error"),
        "exit status": load.status,
    }
    for what in (load.wrong + load.broken)[:5]:
        print("  ", str(what)[:1500])
    for line in sorted({line.strip() for line in load.server.log if line.startswith("SUMMARY: ")}):
        print("  ", line)
    print(", ".join(f"{name}: {n}" for name, n in faults.items()))
    return not any(faults.values())


def first_tokens(server):
    """Of chats, for their text comes as it is generated (that of /query only when it is checked); with
    a passage in them that is new each time, so that nothing of it is known from before."""
    def numbers(seed, n):
        return " ".join(f"{(seed * 7919 + k * 104729) % 1000}" for k in range(n))

    def seconds(i):
        c = server.connect()
        began = time.monotonic()
        c.request("POST", "/v1/chat/completions", json.dumps(chat(
            f"Horsepower: {i}. Others: {numbers(i, 50)}. What is the horsepower?", stream=True, max_tokens=8)[1]), JSON)
        reply = c.getresponse()
        while (line := reply.readline()) and (b'"content"' not in line or b'"content":""' in line):
            pass
        taken = time.monotonic() - began
        reply.read()
        c.close()
        return taken

    def long_prompt(i):
        return chat(f"Number {i}: {numbers(i, 1020)}", max_tokens=1)

    stop, n_long, tokens = threading.Event(), 0, 0

    def read_long():
        nonlocal n_long, tokens
        while not stop.is_set():
            reply = json.loads(server.post(*long_prompt(n_long))[2])
            tokens = reply["usage"]["prompt_tokens"]
            n_long += 1

    seconds(0)
    alone = [seconds(1000 + i) for i in range(60)]
    reader = threading.Thread(target=read_long)
    reader.start()
    time.sleep(0.5)
    beside = [seconds(2000 + i) for i in range(60)]
    stop.set()
    reader.join()
    ratio = statistics.median(beside) / statistics.median(alone)
    print(f"first token of a short question, median of 60: {statistics.median(alone) * 1e3:.1f} ms alone, "
          f"{statistics.median(beside) * 1e3:.1f} ms while {n_long} prompts of {tokens} tokens are read: "
          f"{ratio:.2f} times")
    return ratio < 2


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first-token", action="store_true")
    options, rest = parser.parse_known_args()
    program = os.environ.get("AUTOSPEC", "build/autospec")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUTOSPEC_STORE"] = os.path.join(folder, "store.db")
        subprocess.run([program, "ingest", "data"], check=True, stdout=subprocess.DEVNULL)
        with Server(rest) as server:
            if options.first_token:
                sys.exit(not first_tokens(server))
            load = Load(server, options.seconds)
            load.learn()
            print(f"{sum(map(len, load.requests.values()))} requests learned alone; {options.clients} clients for "
                  f"{options.seconds:.0f} s", flush=True)
            load.run(options.clients)
            load.status = server.stop()
            sys.exit(not report(load, "san" in program))


main()
