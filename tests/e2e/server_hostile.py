"""autospec serve and clients without a key that mean harm: connections that are never finished, bodies
that never end, memory and descriptors taken. A good client beside them is answered all the while. Run by
server_hostile.sh, which has filled the store. Prints what it measured."""
import json
import os
import socket
import threading
import time

import serving
from serving import Server, check, finish, read_all, resident, wait_for

serving.PATIENCE = PATIENCE = 60
KEY = "good-client"
CAMRY = "What is the horsepower of the 2023 Toyota Camry?"
SANITIZED = "san" in os.environ.get("AUTOSPEC", "")
SOON = 10 if SANITIZED else 3  # seconds: far above what an answer takes, far below any deadline


class Good:
    """A client with a key; each request on a connection of its own."""

    def __init__(self, server):
        self.server = server

    def ask(self):
        return self.server.request("POST", "/query", json.dumps({"query": CAMRY, "temperature": 0}),
                                   {"Content-Type": "application/json", "x-token": KEY})

    def answered(self, name, what=""):
        """Health and a question, each soon."""
        began = time.monotonic()
        status, _, _ = self.server.get("/health")
        health = time.monotonic() - began
        asked, _, body = self.ask()
        question = time.monotonic() - began - health
        print(f"   {name}: health after {health:.3f} s, a question after {question:.3f} s", flush=True)
        check(f"{name}: health is answered soon{what}", status == 200 and health < SOON, status, health)
        check(f"{name}: so is a question", asked == 200 and b"203 hp" in body and question < SOON, asked, question, body)


HALF_LINE = b"GET /hea"
SLOW_BODY = (b"POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
             b"Content-Length: 1000000\r\n\r\n{")
SECOND_LINE = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hea"


def connect(server, data, address="127.0.0.2"):
    """A connection from an address of its own on which data was sent, whatever became of it."""
    s = socket.socket()
    s.settimeout(PATIENCE)
    s.bind((address, 0))
    s.connect((server.host, server.port))
    try:
        s.sendall(data)
    except OSError:
        pass
    return s


def close_all(sockets):
    for s in sockets:
        s.close()


def test_crowds(server, good):
    for name, data in (("half request lines", HALF_LINE), ("bodies that do not go on", SLOW_BODY),
                       ("half second requests", SECOND_LINE)):
        close_all([connect(server, data) for _ in range(1200)])
        good.answered(f"1,200 {name} of clients that went")
        held = [connect(server, data) for _ in range(1200)]
        good.answered(f"1,200 {name} of clients that stay")
        close_all(held)


def test_flood(server, good):
    """Connections without an end, as fast as they can be made, beside a client whose line is slow."""
    over = threading.Event()
    made = [0]

    def flood():
        held = []
        while not over.is_set():
            try:
                held.append(connect(server, HALF_LINE, "127.0.0.3"))
            except OSError:
                pass
            made[0] += 1
            if len(held) > 1500:
                held.pop(0).close()
        close_all(held)

    threads = [threading.Thread(target=flood) for _ in range(2)]
    for t in threads:
        t.start()
    wait_for(lambda: made[0] > 2000)
    request = f"GET /health HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n".encode()
    slow = [connect(server, request[:20], f"127.0.0.{10 + i}") for i in range(4)]
    good.answered("a flood of half request lines")
    time.sleep(2)
    for s in slow:
        s.sendall(request[20:])
    replies = [read_all(s) for s in slow]
    over.set()
    for t in threads:
        t.join()
    check(f"clients that take two seconds for a line, in a flood of {made[0]} connections, are answered",
          all(r.startswith(b"HTTP/1.1 200") for r in replies), replies)
    close_all(slow)


def drip(s, data, seconds):
    """Sends data's bytes one each half second until the other side has closed; how long that took."""
    began = time.monotonic()
    s.settimeout(0.5)
    at = 0
    while time.monotonic() - began < seconds:
        try:
            s.sendall(data[at % len(data):][:1])
            at += 1
            if not s.recv(65536):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


def test_drips(server):
    """A byte from time to time keeps no connection for ever."""
    limits = {"headers": (b"GET /health HTTP/1.1\r\nX: " , 35), "a body": (SLOW_BODY, 50)}
    took = {}

    def one(name, begin, limit):
        s = connect(server, begin)
        took[name] = drip(s, b"a", limit)
        s.close()

    threads = [threading.Thread(target=one, args=(n, *l)) for n, l in limits.items()]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for name, (_, limit) in limits.items():
        check(f"{name}: a byte at a time is given up", took[name] < limit, took)


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def with_key(length, more=b"", kind=b"application/json"):
    return (b"POST /ingest/%s HTTP/1.1\r\nHost: localhost\r\nx-token: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            % (b"file" if b"multipart" in kind else b"text", KEY.encode(), kind, length)) + more


def test_memory(server, good):
    """Even of clients with a key."""
    rested = resident(server.process.pid)
    text = b'{"name": "a.txt", "text": "' + b"x" * 15_900_000
    held = [connect(server, with_key(16_000_000, text)) for _ in range(60)]
    full = resident(server.process.pid)
    good.answered("60 bodies of 15.9 MB that are not finished")
    reply = read_all(connect(server, with_key(12_000_000)))
    check("one more is told to come again", reply.startswith(b"HTTP/1.1 503") and b"Retry-After: 1" in reply and
          b'"server_busy"' in reply, reply)
    close_all(held)
    print(f"   60 bodies: {rested >> 20} MiB before, {full >> 20} MiB with them", flush=True)
    check("they take no more than the budget", full - rested < (170 if not SANITIZED else 600) << 20, rested, full)
    values = b'{"query": [' + b"{}," * 5_200_000 + b"{}]}"
    for _ in range(4):
        status, _, body = server.request("POST", "/query", values, {"Content-Type": "application/json", "x-token": KEY})
        check("a body of five million values is refused", status == 413, status, body)
    wait_for(lambda: resident(server.process.pid) - rested < 60 << 20)
    after = resident(server.process.pid)
    print(f"   afterwards: {after >> 20} MiB", flush=True)
    check("the memory is given back", SANITIZED or after - rested < 60 << 20, after)


def test_uploads(server, good):
    rested = descriptors(server)
    part = b'--bound\r\nContent-Disposition: form-data; name="file"; filename="%d.txt"\r\n\r\nx\r\n'
    form = b"".join(part % i for i in range(64))
    held = [connect(server, with_key(len(form) + 1000, form, b"multipart/form-data; boundary=bound")) for _ in range(20)]
    wait_for(lambda: descriptors(server) > rested + 250)
    most = descriptors(server)
    good.answered("20 uploads of 64 files that are not finished")
    print(f"   descriptors: {rested} before, {most} with them", flush=True)
    check("uploads take no more than their share of descriptors", most - rested < 256 + 40, rested, most)
    close_all(held)
    check("they are given back", wait_for(lambda: descriptors(server) < rested + 10))


with Server(environment={"API_KEY": KEY}) as server:
    good = Good(server)
    good.answered("alone")
    test_crowds(server, good)
    test_memory(server, good)
    test_uploads(server, good)
    test_flood(server, good)
    test_drips(server)
    check("SIGTERM ends it well", server.stop() == 0)
    check("no sanitizer spoke", not any("Sanitizer" in l or "runtime error" in l for l in server.log))
finish()
