"""A server under test, and clients of it: what the Python tests of the server share.

    with Server(["--parallel", "2"]) as server:
        status, headers, body = server.get("/health")
        status, headers, body = server.ask("What is ...?", temperature=0)

The program is $AUTOSPEC. Tests print "ok - NAME" or "not ok - NAME" by check() and end by finish(),
as those in bash do.
"""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

PATIENCE = 600  # seconds; only so that a test that hangs ends
JSON = {"Content-Type": "application/json"}

counts = {"passed": 0, "failed": 0}


def check(name, ok, *what):
    counts["passed" if ok else "failed"] += 1
    print("ok -" if ok else "not ok -", name, flush=True)
    if not ok:
        for line in what:
            print("  ", str(line)[:600])
    return ok


def finish():
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    sys.exit(counts["failed"] > 0)


def wait_for(condition):
    """Whether it came true before the patience was over."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def events(body):
    """[(name, data)] of a stream; name "" where it has none."""
    out = []
    for block in body.decode().split("\n\n"):
        lines = [l for l in block.split("\n") if l and not l.startswith(":")]
        name = next((l[7:] for l in lines if l.startswith("event: ")), "")
        data = [l[6:] for l in lines if l.startswith("data: ")]
        if data:
            out.append((name, data[0]))
    return out


WRITE = "/v1/chat/completions"


def text_of(letters, **more):
    """What POST /v1/chat/completions is asked for a text of at least so many letters, which keeps the
    model at work: a schema ends it no sooner, and not much later."""
    schema = {"type": "string", "minLength": letters, "maxLength": letters + 40}
    return {"messages": [{"role": "user", "content": "Tell me about the car."}], "temperature": 0, "max_tokens": 4000,
            "response_format": {"type": "json_schema", "json_schema": {"name": "text", "schema": schema}}, **more}


class Server:
    def __init__(self, arguments=(), environment=None, store=None, wrapper=()):
        program = os.environ.get("AUTOSPEC", "build/autospec")
        env = {**os.environ, **(environment or {})}
        if store:
            env["AUTOSPEC_STORE"] = store
        self.log = []
        self.url = None
        self.ready = threading.Event()
        self.process = subprocess.Popen([*wrapper, program, "serve", "--port", "0", *arguments],
                                        stderr=subprocess.PIPE, text=True, errors="replace", env=env)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not self.ready.wait(PATIENCE) or not self.url:
            self.process.kill()
            sys.exit("the server did not start: " + "".join(self.log))
        self.host, self.port = re.match(r"http://(.*):(\d+)$", self.url).groups()
        self.port = int(self.port)

    def _read(self):
        for line in self.process.stderr:
            self.log.append(line)
            found = re.search(r"listening on (http\S+)", line)
            self.url = self.url or (found and found[1])
            if "autospec: ready" in line:
                self.ready.set()
        self.ready.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, number=signal.SIGTERM):
        """The exit status."""
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self.reader.join()
        return status

    def connect(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)

    def request(self, method, path, body=None, headers=None, connection=None):
        """(status, headers, body); headers by lower-case names."""
        c = connection or self.connect()
        try:
            c.request(method, path, body, headers or {})
            reply = c.getresponse()
            return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
        finally:
            if not connection:
                c.close()

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, value, **more):
        return self.request("POST", path, json.dumps(value), JSON, **more)

    def ask(self, question, connection=None, **fields):
        return self.post("/query", {"query": question, **fields}, connection=connection)

    def info(self):
        return json.loads(self.get("/query/llm-info")[2])

    def metric(self, name):
        """The sum over the labels."""
        text = self.get("/metrics")[2].decode()
        return sum(float(l.split()[-1]) for l in text.splitlines() if re.match(name + r"[ {]", l))

    def raw(self, data, receive_buffer=None):
        """A connection on which `data` has been sent."""
        s = socket.socket()
        s.settimeout(PATIENCE)
        if receive_buffer:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        s.connect((self.host, self.port))
        try:
            s.sendall(data if isinstance(data, bytes) else data.encode())
        except OSError:  # closed in the middle: there may still be a reply to read
            pass
        return s

    def write(self, letters, **more):
        """A text of the model's own; most questions are answered without a model."""
        return self.post(WRITE, text_of(letters, **more))

    def query_bytes(self, **fields):
        return self.post_bytes("/query", fields)

    def post_bytes(self, path, fields):
        """A whole request as it goes over the wire."""
        body = json.dumps(fields)
        return (f"POST {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}")


def read_all(s):
    """Until the other side closes."""
    out = b""
    try:
        while piece := s.recv(65536):
            out += piece
    except ConnectionError:
        pass
    return out


def resident(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1]) * 1024
