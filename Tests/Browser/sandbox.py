"""Calls the sandbox as a merchant's server does, over its providers' APIs."""

import base64
import json
import urllib.error
import urllib.request
from urllib.parse import urlencode


class Sandbox:
    def __init__(self, base):
        self.base = base

    def send(self, method, path, body=None, content_type=None, headers=None):
        """The answer's body as JSON where it is JSON, else as text."""
        request = urllib.request.Request(self.base + path, data=body, method=method, headers=headers or {})
        if content_type:
            request.add_header("Content-Type", content_type)
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = answer.read().decode()
        try:
            return json.loads(content)
        except ValueError:
            return content

    def get(self, path, **headers):
        return self.send("GET", path, headers=headers)

    def json(self, path, body, headers=None):
        return self.send("POST", path, json.dumps(body).encode(), "application/json", headers)

    def form(self, path, fields, headers=None):
        return self.send("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded", headers)

    def control(self, command, **arguments):
        return self.json(f"/_control/{command}", arguments)


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
