"""One client that means harm, at another loopback address than everybody else. It has no credentials, and it leaves the
processor alone, so that what is measured is what the API does.

usage: attack.py NAME PORT SECONDS
"""

import http.client
import itertools
import os
import selectors
import socket
import string
import sys
import threading
import time
import urllib.parse
import uuid

ADDRESS = "127.0.0.2"


def request(method, path, body=b"", length=None, **headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: api.example"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if length is None:
        length = len(body)
    if length:
        lines += ["Content-Type: application/json", f"Content-Length: {length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def order(body):
    return request("POST", "/api/v1/orders", body, Idempotency_Key=uuid.uuid4())


def webhook(body, length):
    """Signed, but with a secret of the attacker's own."""
    signature = f"t={int(time.time())},v1={os.urandom(32).hex()}"
    return request("POST", "/webhooks/stripe", body, length, Stripe_Signature=signature)


class Crowd:
    """Connections that are opened, sent a text, and held. What the API closes is opened again, unless nobody reads."""

    def __init__(self, port, text, count, opened_per_second, reads=True):
        self.port, self.text, self.reads = port, text, reads
        self.missing, self.pause = count, 1 / opened_per_second
        self.selector = selectors.DefaultSelector()
        self.held = []

    def run(self, seconds):
        now = opening = time.monotonic()
        end = now + seconds
        while now < end:
            if self.missing and now >= opening:
                self.open()
                opening = max(opening + self.pause, now - 0.1)
            wait = min(opening, end) - now if self.missing else end - now
            for key, _ in self.selector.select(min(max(wait, 0), 0.1)):
                self.serve(key)
            now = time.monotonic()

    def open(self):
        connection = socket.socket()
        connection.setblocking(False)
        if not self.reads:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.bind((ADDRESS, 0))
        connection.connect_ex(("127.0.0.1", self.port))
        self.selector.register(connection, selectors.EVENT_WRITE, memoryview(self.text()))
        self.missing -= 1

    def serve(self, key):
        try:
            if key.data:
                self.send(key)
            elif not key.fileobj.recv(1 << 16):
                self.lose(key)
        except BlockingIOError:
            pass
        except OSError:
            self.lose(key)

    def send(self, key):
        rest = key.data[key.fileobj.send(key.data[: 1 << 16]) :]
        if rest:
            self.selector.modify(key.fileobj, selectors.EVENT_WRITE, rest)
        elif self.reads:
            self.selector.modify(key.fileobj, selectors.EVENT_READ, rest)
        else:
            self.selector.unregister(key.fileobj)
            self.held.append(key.fileobj)

    def lose(self, key):
        self.selector.unregister(key.fileobj)
        key.fileobj.close()
        self.missing += 1


def unknown_members(size):
    names = ("".join(letters) for letters in itertools.product(string.ascii_letters + string.digits, repeat=4))
    return b"{" + b",".join(f'"{name}":1'.encode() for name in itertools.islice(names, size // 9)) + b"}"


def marks(port, seconds):
    """Combining marks in every place where text gets in, ten requests a second, whether or not the ones before are answered."""

    def text(count):
        return "a" + "\u0301" * (count // 2) + "\u0323" * (count // 2)

    def encoded(count):
        return urllib.parse.quote(text(count))

    requests = [
        order(f'{{"{text(80_000)}":1}}'.encode()),
        order(f'{{"expected_total":{{"minor_units":1,"currency":"{text(20_000)}"}}}}'.encode()),
        order(f'{{"{text(7_000)}":1}}'.encode()),
        request("GET", f"/api/v1/products?{encoded(12_500)}=1"),
        request("GET", f"/api/v1/products?{encoded(1_300)}=1"),
        request("GET", "/api/v1/products", traceparent=text(30_000)),
        request("GET", "/docs", If_None_Match=text(30_000)),
        request("GET", "/docs", If_None_Match=text(7_000), traceparent=text(7_000)),
    ]

    def send(data):
        try:
            with socket.create_connection(("127.0.0.1", port), seconds, source_address=(ADDRESS, 0)) as connection:
                connection.sendall(data)
                http.client.HTTPResponse(connection).begin()
        except OSError:
            pass  # cut off, which is an answer too

    end = time.monotonic() + seconds
    for data in itertools.cycle(requests):
        if time.monotonic() >= end:
            break
        threading.Thread(target=send, args=[data], daemon=True).start()
        time.sleep(0.1)


def heads(port, seconds):
    """5,000 connections, each with the head of a push whose body never comes."""
    Crowd(port, lambda: webhook(b"", 10), 5_000, opened_per_second=1_000).run(seconds)


def bodies(port, seconds):
    """300 pushes of 1 MiB that lack their last byte."""
    body = b"{" + b" " * ((1 << 20) - 2)
    Crowd(port, lambda: webhook(body, 1 << 20), 300, opened_per_second=100).run(seconds)


def unread(port, seconds):
    """200 clients that ask for long lists of errors and read none; small orders first, so that size alone is no defence."""
    large, small = unknown_members(1 << 20), unknown_members(15_000)
    sizes = itertools.cycle([large, small])
    Crowd(port, lambda: order(next(sizes)), 200, opened_per_second=50, reads=False).run(seconds)


def pipelined(port, seconds):
    """50 clients that ask for the documentation 1,000 times each and read nothing."""
    Crowd(port, lambda: request("GET", "/docs") * 1_000, 50, opened_per_second=50, reads=False).run(seconds)


ATTACKS = {attack.__name__: attack for attack in (marks, heads, bodies, unread, pipelined)}

if __name__ == "__main__":
    ATTACKS[sys.argv[1]](int(sys.argv[2]), float(sys.argv[3]))
    os._exit(0)
