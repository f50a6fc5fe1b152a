"""A server on 127.0.0.1 that behaves like the Hugging Face Hub, with faults. Standard library only.

    python3 hub_server.py ROOT PORTS_FILE

ROOT/ORG/NAME/... are the files of a model. Writes "HUB_PORT CDN_PORT" to PORTS_FILE when it is
ready: the second port is what the Hub redirects large (LFS) files to, another origin with an
address that is signed and an ETag of its own. What the tests ask of it, on the Hub's port:

    POST /_test/fault   a JSON object, added to the list of faults (below)
    POST /_test/set     settings: token, gated, private, no_blobs, rate, cdn_etag, renamed, siblings
    POST /_test/reset   no faults, no settings, an empty log; files are read anew
    GET  /_test/peak    how many bodies were being sent at once, at most
    GET  /_test/log     one request a line: HUB|CDN METHOD PATH RANGE IF-RANGE TOKEN|- STATUS

A fault applies to requests that match its "on" ("hub", "cdn"), "method" and "path" (a regular
expression), for the first "times" (default: always) of them, after "skip" others:
    {"status": 503, "headers": {...}}     this answer instead
    {"cut": N}                            closes the connection after N bytes of the body
    {"reset": true}                       closes it before the status line, with a TCP reset
    {"stall": SECONDS, "after": N}        stops sending for so long after N bytes
    {"flip": N}                           byte N of the file is another one
    {"length": N}                         sends N as Content-Length (and N bytes, if it can)
    {"extra": N}                          no Content-Length, and N bytes more than there are
    {"no_range": true}                    takes no notice of Range
    {"shift": N}                          answers a Range with one that begins N bytes later
    {"etag": "..."}                       another ETag (X-Linked-ETag for large files)
    {"content": "..."}                    another content, with the ETag that goes with it
    {"location": "..."}                   redirects there; {cdn} and {hub} stand for the origins
    {"body": "..."}                       this text with status 200 (for the listing)
"""

import hashlib
import json
import os
import re
import socket
import struct
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGE = (".safetensors", ".bin", ".gguf")


class World:
    """All that both ports share."""

    def __init__(self, root):
        self.root = root
        self.lock = threading.Lock()
        self.hub = self.cdn = ""
        self.reset()

    def reset(self):
        with self.lock:
            self.faults, self.settings, self.log = [], {}, []
            self.repos = {}
            self.active = self.peak = 0

    def repo(self, name):
        """{path: content} and the commit, which is a function of them."""
        with self.lock:
            if name in self.repos:
                return self.repos[name]
        top = os.path.join(self.root, name)
        files = {}
        for folder, _, names in os.walk(top):
            for n in names:
                path = os.path.join(folder, n)
                with open(path, "rb") as f:
                    files[os.path.relpath(path, top)] = f.read()
        if not files:
            return None
        h = hashlib.sha1()
        for path in sorted(files):
            h.update(path.encode() + b"\0" + hashlib.sha1(files[path]).digest())
        with self.lock:
            self.repos[name] = (files, h.hexdigest())
            return self.repos[name]

    def fault(self, on, method, path):
        """The first fault that applies, or {}."""
        with self.lock:
            for f in self.faults:
                if f.get("on", on) != on or f.get("method", method) != method:
                    continue
                if not re.search(f.get("path", ""), path):
                    continue
                if f.get("skip", 0) > 0:
                    f["skip"] -= 1
                    continue
                if "times" in f:
                    if f["times"] <= 0:
                        continue
                    f["times"] -= 1
                return f
        return {}


def is_large(path):
    return path.endswith(LARGE)


def etag_of(path, content):
    if is_large(path):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    on = "hub"
    world = None

    def log_message(self, *args):
        pass

    def note(self, status):
        token = self.headers.get("Authorization", "-").replace("Bearer ", "")
        line = " ".join([self.on.upper(), self.command, self.path.split("?")[0],
                         self.headers.get("Range", "-"), self.headers.get("If-Range", "-"),
                         token, str(status)])
        with self.world.lock:
            self.world.log.append(line)

    def answer(self, status, body=b"", headers=None, kind="application/json"):
        self.note(status)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for k, v in (headers or {}).items():
            self.send_header(k, v)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, message, headers=None):
        h = {"X-Error-Code": code, "X-Error-Message": message}
        h.update(headers or {})
        self.answer(status, json.dumps({"error": message}).encode(), h)

    def drop(self):
        """Ends the connection so that the other side sees a reset."""
        self.note("reset")
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def common_fault(self, fault):
        """Those that need not know what was asked for. True when that was all."""
        if fault.get("reset"):
            self.drop()
            return True
        if "status" in fault:
            self.answer(fault["status"], b"{}", fault.get("headers"))
            return True
        if "location" in fault:
            to = fault["location"].format(hub=self.world.hub, cdn=self.world.cdn)
            self.answer(302, b"", {"Location": to})
            return True
        if "body" in fault:
            self.answer(200, fault["body"].encode())
            return True
        return False

    def send_body(self, piece, fault):
        rate = self.world.settings.get("rate")  # bytes a second
        cut = fault.get("cut", len(piece))
        after = fault.get("after", 0) if "stall" in fault else None
        step = 16384 if rate or after is not None else 1 << 20
        sent = 0
        while sent < min(cut, len(piece)):
            if after is not None and sent >= after:
                time.sleep(fault["stall"])
                after = None
            n = min(step, min(cut, len(piece)) - sent)
            self.wfile.write(piece[sent:sent + n])
            sent += n
            if rate:
                time.sleep(n / rate)
        if cut < len(piece):
            self.close_connection = True

    def send_content(self, content, etag, fault, headers):
        """A file or the part that Range asks for."""
        if "flip" in fault:
            at = fault["flip"]
            content = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1:]
        status, first = 200, 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range")
        if wanted and not fault.get("no_range") and condition in (None, etag):
            first = int(wanted.group(1))
            if first >= len(content):
                self.answer(416, b"", {"Content-Range": "bytes */%d" % len(content)})
                return
            first = min(first + fault.get("shift", 0), len(content) - 1)
            status = 206
        piece = content[first:]
        self.note(status)
        self.send_response(status)
        for k, v in headers.items():
            self.send_header(k, v)
        if etag:
            self.send_header("ETag", etag)
        if status == 206:
            self.send_header("Content-Range",
                             "bytes %d-%d/%d" % (first, len(content) - 1, len(content)))
        if "extra" in fault:
            piece += b"x" * fault["extra"]
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(fault.get("length", len(piece))))
        if "length" in fault:
            piece = piece[:fault["length"]]
            self.close_connection = True
        self.end_headers()
        if self.command == "HEAD":
            return
        w = self.world
        with w.lock:
            w.active += 1
            w.peak = max(w.peak, w.active)
        try:
            self.send_body(piece, fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with w.lock:
                w.active -= 1


class Hub(Handler):
    def allowed(self, for_contents):
        """Whether this request may see the model; answers it when not."""
        s = self.world.settings
        token = self.headers.get("Authorization", "").replace("Bearer ", "")
        if token and token == "wrong":
            self.answer(401, b"{}", {"X-Error-Message":
                                     "Invalid credentials in Authorization header"})
            return False
        if s.get("private") and token != s["private"]:
            self.refuse(401, "RepoNotFound", "Repository not found")
            return False
        if s.get("gated") and for_contents and token != s["gated"]:
            self.refuse(403 if token else 401, "GatedRepo", "Access to model is restricted.")
            return False
        return True

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = urllib.parse.unquote(self.path.split("?")[0])
        if path in ("/_test/log", "/_test/peak"):
            with self.world.lock:
                text = "".join(line + "\n" for line in self.world.log)
                if path == "/_test/peak":
                    text = "%d\n" % self.world.peak
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" %
                             (len(text), text.encode()))
            return
        fault = self.world.fault("hub", self.command, self.path)
        if self.common_fault(fault):
            return
        m = re.fullmatch(r"/api/models/(.+?)(?:/revision/(.+))?", path)
        if m:
            self.listing(m.group(1), m.group(2) or "main", fault)
            return
        m = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
        if m:
            self.resolve(m.group(1), m.group(2), m.group(3), fault)
            return
        self.answer(404, b"{}")

    def renamed(self, name):
        """Answers with a relative redirect when the model has another name now."""
        to = self.world.settings.get("renamed", {}).get(name)
        if to:
            self.answer(307, b"", {"Location": self.path.replace(name, to, 1)})
        return to

    def listing(self, name, revision, fault):
        if self.renamed(name) or not self.allowed(False):
            return
        repo = self.world.repo(name)
        if not repo:
            self.refuse(401, "RepoNotFound", "Repository not found")
            return
        files, commit = repo
        if revision not in ("main", commit, "refs/pr/1", "v1.0"):
            self.refuse(404, "RevisionNotFound", "Invalid rev id: " + revision)
            return
        siblings = []
        for path in sorted(files):
            entry = {"rfilename": path}
            if "blobs=" in self.path and not self.world.settings.get("no_blobs"):
                content = files[path]
                entry["size"] = len(content)
                if is_large(path):
                    pointer = b"version https://git-lfs.github.com/spec/v1\n"
                    entry["blobId"] = hashlib.sha1(pointer + content).hexdigest()
                    entry["lfs"] = {"sha256": etag_of(path, content), "size": len(content),
                                    "pointerSize": 134}
                else:
                    entry["blobId"] = etag_of(path, content)
            siblings.append(entry)
        siblings += self.world.settings.get("siblings", [])
        self.answer(200, json.dumps({"_id": "0", "id": name, "modelId": name, "sha": commit,
                                     "private": False, "gated": False, "tags": [],
                                     "siblings": siblings}).encode())

    def resolve(self, name, revision, path, fault):
        if self.renamed(name) or not self.allowed(True):
            return
        repo = self.world.repo(name)
        if not repo:
            self.refuse(401, "RepoNotFound", "Repository not found")
            return
        files, commit = repo
        headers = {"X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        if path not in files:
            self.refuse(404, "EntryNotFound", "Entry not found", headers)
            return
        content = files[path]
        if "content" in fault:
            content = fault["content"].encode()
        etag = fault.get("etag", etag_of(path, content))
        if not is_large(path):
            self.send_content(content, '"%s"' % etag, fault, headers)
            return
        headers.update({"X-Linked-ETag": '"%s"' % etag, "X-Linked-Size": str(len(content)),
                        "Location": "%s/blobs/%s/%s?Signature=secret-signature" %
                        (self.world.cdn, name, path)})
        self.answer(302, b"Found", headers, "text/plain")

    def do_POST(self):
        w = self.world
        given = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if self.path == "/_test/reset":
            w.reset()
        elif self.path == "/_test/fault":
            with w.lock:
                w.faults.append(given)
        elif self.path == "/_test/set":
            with w.lock:
                w.settings.update(given)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Cdn(Handler):
    on = "cdn"

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        fault = self.world.fault("cdn", self.command, self.path)
        if self.common_fault(fault):
            return
        m = re.fullmatch(r"/blobs/([^/]+/[^/]+)/(.+)", self.path.split("?")[0])
        repo = self.world.repo(m.group(1)) if m else None
        if not repo or "Signature=secret-signature" not in self.path:
            self.answer(403, b"")
            return
        content = repo[0][m.group(2)]
        if "content" in fault:
            content = fault["content"].encode()
        etag = fault.get("etag", self.world.settings.get("cdn_etag",
                                                         '"%s"' % hashlib.md5(content).hexdigest()))
        self.send_content(content, etag, fault, {"Accept-Ranges": "bytes"})


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, ValueError, OSError)):
            super().handle_error(request, client_address)


def main():
    root, ports_file = sys.argv[1], sys.argv[2]
    Handler.world = World(root)
    hub, cdn = Server(("127.0.0.1", 0), Hub), Server(("127.0.0.1", 0), Cdn)
    Handler.world.hub = "http://127.0.0.1:%d" % hub.server_port
    Handler.world.cdn = "http://127.0.0.1:%d" % cdn.server_port
    threading.Thread(target=cdn.serve_forever, daemon=True).start()
    with open(ports_file + ".part", "w") as f:
        f.write("%d %d\n" % (hub.server_port, cdn.server_port))
    os.rename(ports_file + ".part", ports_file)
    hub.serve_forever()


main()
