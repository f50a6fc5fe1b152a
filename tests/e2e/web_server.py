"""A server on 127.0.0.1 for `autospec ingest http://...`: web_server.py FOLDER PORT_FILE [CERTIFICATE KEY].

GET /NAME sends FOLDER/NAME; /latin a page in ISO-8859-2 that only the header says; /typed a CSV without a
name; /as/KIND/NAME sends NAME as KIND, under an address that tells nothing; /hops/N redirects N times, then to /heron.html; /away redirects to what ?to= names; /big sends more
than is read; /gone answers 404; /stall sends nothing.
"""

import os
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TYPES = {".html": "text/html; charset=utf-8", ".xlsx": "application/octet-stream", ".srt": "text/plain"}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def reply(self, data, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def redirect(self, to):
        self.send_response(302)
        self.send_header("Location", to)
        self.end_headers()

    def do_GET(self):
        url = urlsplit(self.path)
        name = os.path.basename(url.path)
        file = os.path.join(sys.argv[1], name)
        if url.path.startswith("/hops/"):
            self.redirect(f"/hops/{int(name) - 1}" if int(name) else "/heron.html")
        elif url.path.startswith("/as/"):
            kind, name = url.path[4:].rsplit("/", 1)
            with open(os.path.join(sys.argv[1], name.replace("-", ".")), "rb") as data:
                self.reply(data.read(), kind)
        elif name == "away":
            self.redirect(parse_qs(url.query)["to"][0])
        elif name == "latin":
            page = "<html><h1>2020 Quenby Wren</h1><dl><dt>Výkon<dd>100 kW<dt>Power<dd>136 hp</dl>"
            self.reply(page.encode("iso-8859-2"), "text/html; charset=iso-8859-2")
        elif name == "typed":
            self.reply(b"Model,Power (hp)\nQuenby Rook,99\nQuenby Jay,88\n", "text/csv")
        elif name == "big":
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            try:
                for _ in range(80):
                    self.wfile.write(b"x" * (1 << 20))
            except OSError:
                pass
        elif os.path.isfile(file):
            with open(file, "rb") as data:
                self.reply(data.read(), TYPES.get(os.path.splitext(name)[1], "application/octet-stream"))
        else:
            self.send_error(404)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(sys.argv[2] + ".new", "w", encoding="utf-8") as out:
    out.write(str(server.server_address[1]))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
