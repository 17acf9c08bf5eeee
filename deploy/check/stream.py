"""An event stream behind the proxy: one side tells the time as events, the other how late they arrive.

usage: stream.py serve PORT
       stream.py read URL CERTIFICATE NAME
"""

import http.server
import json
import socket
import ssl
import sys
import time
import urllib.parse

EVENTS = 10
PAUSE = 0.3


class Stream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for _ in range(EVENTS):
            self.wfile.write(f"data: {time.time()}\n\n".encode())
            self.wfile.flush()
            time.sleep(PAUSE)
        self.close_connection = True


def serve(port):
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Stream).serve_forever()


def read(url, certificate, name):
    address = urllib.parse.urlsplit(url)
    context = ssl.create_default_context(cafile=certificate)
    late = []
    with socket.create_connection((address.hostname, address.port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=name) as stream:
            request = f"GET {address.path} HTTP/1.1\r\nHost: {name}\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n"
            stream.sendall(request.encode())
            for line in stream.makefile("rb"):
                if line.startswith(b"data: "):
                    late.append(time.time() - float(line[6:]))
    print(json.dumps({"events": len(late), "latest_ms": round(max(late, default=0) * 1000, 1)}))


{"serve": serve, "read": read}[sys.argv[1]](*sys.argv[2:])
