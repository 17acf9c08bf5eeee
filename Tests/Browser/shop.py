"""The merchant's side of a walk: receives pushes, and is where the browser returns to."""

import json
import socketserver
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head>
<body><main><h1>Back at the shop</h1></main></body></html>"""


@dataclass
class Received:
    """One request to the shop."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes
    fields: dict = field(default_factory=dict)

    @property
    def json(self):
        return json.loads(self.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):
        """Binds without asking the name service for this machine's name, which can take half a minute."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]


class Shop:
    """`/return/…` shows a page; everything else is acknowledged. All of it is remembered."""

    def __init__(self, port):
        self.received = []
        self._changed = threading.Condition()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.answer()

            def do_POST(self):
                self.answer()

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = urlsplit(self.path)
                request = Received(
                    self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)),
                    {name.lower(): value for name, value in self.headers.items()}, body,
                )
                if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
                    request.fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
                shop.remember(request)
                is_page = parts.path.startswith("/return/")
                content = PAGE.encode() if is_page else b"ok"
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "text/plain")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = _Server(("127.0.0.1", port), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def remember(self, request):
        with self._changed:
            self.received.append(request)
            self._changed.notify_all()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def find(self, path, matches=lambda request: True):
        return [request for request in self.received if request.path == path and matches(request)]

    def wait(self, path, matches=lambda request: True, seconds=60):
        """The first matching request to `path`; fails where none comes in time."""
        return self.wait_for_count(1, path, matches, seconds)[0]

    def wait_for_count(self, count, path, matches=lambda request: True, seconds=60):
        deadline = time.monotonic() + seconds
        with self._changed:
            while len(found := self.find(path, matches)) < count:
                remaining = deadline - time.monotonic()
                if remaining <= 0 or not self._changed.wait(remaining):
                    seen = [f"{request.method} {request.path}" for request in self.received[-10:]]
                    raise AssertionError(f"{len(found)} of {count} came to {path} in {seconds} s; the latest: {seen}")
        return found
