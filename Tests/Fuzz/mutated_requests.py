"""Sends mutated requests to every port and looks whether the processes bear it: no crash, no 5xx that is not documented, no growth.

The request of a number is the same for the same seed: what failed is sent again with --only.
"""

import argparse
import json
import os
import random
import re
import socket
import sys
import threading
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from mutations import Mutator, Request, good_requests

STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")
# Said of HTTP itself (RFC 9110 sections 15.6.2 and 15.6.6), of whoever has no room, and of a provider who does not answer.
ALLOWED = {501, 505}
MOST_KIBIBYTES = 96 << 10
MOST_DESCRIPTORS = 24
PATIENCE = 40


class Port:
    """A port, the process behind it, and what is sent there."""

    def __init__(self, name, number, pid, mutator):
        self.name, self.number, self.pid, self.mutator = name, number, pid, mutator
        self.statuses, self.findings, self.lock = Counter(), [], threading.Lock()

    def is_alive(self):
        return os.path.exists(f"/proc/{self.pid}/stat") and b") Z" not in open(f"/proc/{self.pid}/stat", "rb").read()

    def resident(self):
        with open(f"/proc/{self.pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmRSS")), 0)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def find(self, number, raw, what):
        with self.lock:
            self.findings.append(what)
            if len(self.findings) <= 20:
                print(f"{self.name} {number}: {what}\n  {raw[:700]!r}", flush=True)

    def send(self, number):
        raw = self.mutator.request(number)
        try:
            answer = exchange(self.number, raw, number)
        except ConnectionRefusedError:
            self.find(number, raw, "nobody listens")
            return
        except TimeoutError:
            self.find(number, raw, "neither answered nor closed")
            return
        statuses = [int(status) for status in STATUS.findall(answer)]
        with self.lock:
            self.statuses.update(statuses or [0])
        for status in statuses:
            # By 503 readiness says that a store does not answer in time, which a busy machine's may not.
            is_documented = status == 503 and (b"Retry-After" in answer or b"/health/ready" in raw)
            if status >= 500 and status not in ALLOWED and not is_documented:
                self.find(number, raw, f"{status}: {answer[:400]!r}")


def exchange(port, raw, number):
    """Sends everything, says that nothing more comes, and reads to the end. Each request has an address of its own, as limits count
    those, and no port of them is used up."""
    source = f"127.{1 + number % 250}.{number // 250 % 250}.{1 + number // 62500 % 250}"
    with socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0)) as connection:
        answer = b""
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(1 << 16):
                answer += piece
                # A stream has no end to be read to.
                if b"content-type: text/event-stream" in answer[:4096].lower():
                    break
        except (ConnectionResetError, BrokenPipeError):
            pass
        return answer


def expect_good(port, request):
    head, body = request.parts()
    answer = exchange(port.number, b"\r\n".join(head + [b"Connection: close", b"", b""]) + body, random.randrange(1 << 30))
    return answer.startswith(b"HTTP/1.1 200 ")


def call(base, path, token=None, body=None):
    headers = {"Content-Type": "application/json", "Idempotency-Key": os.urandom(16).hex()} if body else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(base + path, json.dumps(body).encode() if body else None, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def keys(base, token, count):
    """Credentials of roles that can do something, each with limits of its own."""
    made = []
    for number in range(count):
        role = ["admin", "admin", "operations", "finance", "support"][number % 5]
        made.append(call(base, "/api/v1/api_keys", token, {"name": f"mutated {number}", "role": role})["token"])
    return made


def things(base, token):
    """A vendor with something to sell and an order for it, by the prefixes of their ids, and whoever may open the order."""
    vendor = call(base, "/api/v1/vendors", token, {"name": "Mutated", "email": "sales@mutated.example", "commission_ppm": 1000})
    price = {"minor_units": 500, "currency": "BDT"}
    variant = {"sku": f"M-{os.urandom(4).hex()}", "kind": "licence_key", "price": price}
    product = call(base, "/api/v1/products", token, {"vendor_id": vendor["id"], "title": "Mutated", "status": "active", "variants": [variant]})
    stocked = product["variants"][0]["id"]
    call(base, f"/api/v1/variants/{stocked}/licence_keys", token, {"keys": [os.urandom(8).hex() for _ in range(500)]})
    order = call(base, "/api/v1/orders", token, {"email": "a@example.com", "lines": [{"variant_id": stocked, "quantity": 1}]})
    ids = {"ven": vendor["id"], "prd": product["id"], "var": stocked, "ord": order["order"]["id"], "provider": "stripe", "account": "eu"}
    return ids, order["access_token"]


def run(port, count, threads):
    """Sends the first part to warm the process up, and the rest to see whether it grows."""
    warm = max(1, count // 5)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(port.send, range(warm)))
        time.sleep(2)
        resident, descriptors = port.resident(), port.descriptors()
        list(pool.map(port.send, range(warm, count)))
    time.sleep(3)
    if not port.is_alive():
        return ["the process has died"]
    failures = []
    grown, opened = port.resident() - resident, port.descriptors() - descriptors
    print(f"{port.name}: {count} requests, {dict(sorted(port.statuses.items()))}; {grown:+} KiB of {resident}, {opened:+} descriptors", flush=True)
    if grown > MOST_KIBIBYTES:
        failures.append(f"grew by {grown} KiB")
    if opened > MOST_DESCRIPTORS:
        failures.append(f"holds {opened} descriptors more")
    return failures


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--api", required=True, help="PORT:PID")
    arguments.add_argument("--management", action="append", default=[], help="NAME:PORT:PID")
    arguments.add_argument("--seed", default="20260101")
    arguments.add_argument("--count", type=int, default=2000, help="requests to each port")
    arguments.add_argument("--threads", type=int, default=8)
    arguments.add_argument("--only", type=int, help="the number of one request, sent to the API alone")
    options = arguments.parse_args()
    token = os.environ["HAAT_ADMIN_TOKEN"]
    api_port, api_pid = map(int, options.api.split(":"))
    base = f"http://127.0.0.1:{api_port}"
    document = call(base, "/api/v1/openapi.json")
    tokens = keys(base, token, 20)
    real, opening = things(base, token)
    tokens += [opening] * 5
    pages = [Request(b"GET", path, [b"Host: x"]) for path in (b"/docs", b"/api/v1/openapi.json", b"/api/v1/nothing", b"/")]
    watched = [Request(b"GET", path, [b"Host: x"]) for path in (b"/health/live", b"/health/ready", b"/metrics", b"/")]
    ports = [Port("api", api_port, api_pid, Mutator(good_requests(document, real) + pages, tokens, options.seed))]
    for text in options.management:
        name, number, pid = text.split(":")
        ports.append(Port(name, int(number), int(pid), Mutator(watched, [], options.seed)))
    if options.only is not None:
        raw = ports[0].mutator.request(options.only)
        print(raw, exchange(api_port, raw, options.only), sep="\n")
        return 0
    failures = []
    for port in ports:
        failures += [f"{port.name}: {failure}" for failure in run(port, options.count, options.threads)]
        if port.findings:
            failures.append(f"{port.name}: {len(port.findings)} answers that should not be")
        if not expect_good(port, Request(b"GET", b"/docs" if port.name == "api" else b"/health/live", [b"Host: x"])):
            failures.append(f"{port.name}: a good request is not answered any more")
    print("\n".join(failures) or "Nothing found", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
