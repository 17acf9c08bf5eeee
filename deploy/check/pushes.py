"""Pushes signed events at a provider's rate over TLS until SIGTERM, and prints what became of them as one line of JSON. Nothing is
sent twice.

usage: pushes.py URL CERTIFICATE NAME PER_SECOND; the secret is in HAAT_STRIPE_WEBHOOK_SECRETS
"""

import collections
import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.parse
import uuid

SENDERS = 16
ended = threading.Event()


def push(run, number):
    now = int(time.time())
    event = {
        "id": f"evt_{run}{number:06}", "object": "event", "type": "payout.paid", "created": now, "livemode": False,
        "data": {"object": {"id": f"po_{run}{number:06}", "object": "payout", "description": "d" * 900}},
    }
    body = json.dumps(event).encode()
    secret = os.environ["HAAT_STRIPE_WEBHOOK_SECRETS"].encode()
    signature = hmac.new(secret, f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Content-Type": "application/json", "Stripe-Signature": f"t={now},v1={signature}"}


class Connection(http.client.HTTPSConnection):
    """To an address, whatever the certificate's name would resolve to."""

    def __init__(self, address, name, context):
        super().__init__(name, address.port, context=context, timeout=30)
        self._create_connection = lambda _, *arguments: socket.create_connection(
            (address.hostname, address.port), *arguments)


class Sender(threading.Thread):
    def __init__(self, connection, number, run, per_second):
        super().__init__()
        self.connection, self.number, self.run_name = connection, number, run
        self.pause = SENDERS / per_second
        self.statuses, self.milliseconds = collections.Counter(), []

    def run(self):
        count, due = 0, time.monotonic() + self.pause * self.number / SENDERS
        while not ended.wait(max(0, due - time.monotonic())):
            body, headers = push(self.run_name, count * SENDERS + self.number)
            began = time.monotonic()
            try:
                self.connection.request("POST", "/webhooks/stripe", body, headers)
                answer = self.connection.getresponse()
                answer.read()
                self.statuses[str(answer.status)] += 1
            except (OSError, http.client.HTTPException) as error:
                self.statuses[type(error).__name__] += 1
                self.connection.close()
            self.milliseconds.append((time.monotonic() - began) * 1000)
            count, due = count + 1, due + self.pause


def main():
    url, certificate, name, per_second = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    context = ssl.create_default_context(cafile=certificate)
    run = uuid.uuid4().hex[:8]
    senders = [
        Sender(Connection(urllib.parse.urlsplit(url), name, context), number, run, float(per_second))
        for number in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    took = sorted(milliseconds for sender in senders for milliseconds in sender.milliseconds)
    print(json.dumps({
        "pushes": len(took), "statuses": sum((sender.statuses for sender in senders), collections.Counter()),
        "p50_ms": round(took[len(took) // 2], 1), "p99_ms": round(took[len(took) * 99 // 100], 1), "max_ms": round(took[-1], 1),
    }))


main()
