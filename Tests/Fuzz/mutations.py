"""Good requests of every endpoint, and what can be wrong with them."""

import json
import random
import re
import uuid

FRAGMENTS = [
    b"\0", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b"\t", b":", b";", b",", b"%", b"%00", b"%zz", b"%c0%ae", b"..", b"//", b"?", b"#",
    b"&", b"=", b"[]", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", "٣".encode(), "ﬀ".encode(), "\u202e".encode(), "e\u0301\u0323".encode() * 40,
    b"\xf0\x9f\x92\xa9", b"'", b'"', b"\\", b"{{", b"${x}", b"-1", b"0", b"99999999999999999999", b"1e400", b"NaN", b"null", b"A" * 3000,
]
HEADERS = [
    b"Content-Length: 0", b"Content-Length: 5", b"Content-Length: +1", b"Content-Length: 99999999999999999999", b"Content-Length: -1",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity", b"Expect: 100-continue",
    b"Expect: x", b"Connection: upgrade", b"Upgrade: h2c", b"Connection: close, x", b"Connection: keep-alive", b"Host: other", b"Host:",
    b"Content-Type: text/plain", b"Content-Type: application/json; charset=latin1", b"Content-Type: multipart/form-data; boundary=x",
    b"Content-Encoding: gzip", b"Accept-Encoding: gzip;q=1.0001, *;q=0", b"Accept: text/html", b"Accept: */*;q=x",
    b"If-Match: *", b'If-Match: "1"', b'If-Match: W/"9223372036854775808"', b"If-None-Match: *", b"If-Modified-Since: yesterday",
    b"Range: bytes=0-", b"X-Forwarded-For: 1.1.1.1, [::1]:9, x", b"X-Request-Id: \xff\xfe", b"traceparent: 00-0-0-0",
    b"traceparent: 00-" + b"f" * 32 + b"-" + b"0" * 16 + b"-01", b"Idempotency-Key: short", b"Idempotency-Key: " + b"k" * 300,
    b"Authorization: Bearer", b"Authorization: Basic eA==", b"Authorization: Bearer \xc3\xa9", b"Cookie: a=b; c", b"Origin: null",
    b"Sec-Fetch-Site: cross-site", b"X-HTTP-Method-Override: DELETE", b"Last-Event-ID: 1", b"X: " + b"y" * 17000, b" folded: yes",
]
VALUES = [
    None, True, False, 0, -1, 1.5, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 10**40, "", " ", "\0", "\u202e", "\ud800", "x" * 5000, "🧾" * 300,
    "e" + "\u0301" * 500, "1", "true", "null", "2026-02-30T25:61:61Z", "not-an-id", "var_01h455vb4pex5vsknk084sn02q", [], {}, [[]],
    [None], {"": ""}, {"a": {"b": []}},
]
METHODS = [b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT", b"PROPFIND", b"get", b"G\0T", b""]


class Request:
    """One request, still in its parts."""

    def __init__(self, method, target, headers, body=None):
        self.method, self.target, self.headers, self.body = method, target, list(headers), body

    def copy(self):
        return Request(self.method, self.target, self.headers, self.body)

    def parts(self):
        body = b"" if self.body is None else self.body
        head = [b"%s %s HTTP/1.1" % (self.method, self.target), *self.headers]
        if self.body is not None:
            head.append(b"Content-Length: %d" % len(body))
        return head, body


def schema_example(schema, document):
    """A value as the schema wants it, from the examples that stand in it."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for key in ("example", "default", "const"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("oneOf", "anyOf", "allOf"):
        if schema.get(key):
            return schema_example(schema[key][0], document)
    kind = schema.get("type")
    kind = next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else kind
    if kind == "object":
        return {name: schema_example(one, document) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [schema_example(schema.get("items", {}), document)]
    return {"integer": max(1, schema.get("minimum", 1)), "number": 1, "boolean": True}.get(kind, "text")


def good_requests(document, real):
    """Every operation of the document, with its example as body and the ids of things that exist.

    real -- an id for each prefix of an id that is known
    """
    requests = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("parameters", "summary", "servers"):
                continue
            target, query, headers = path, [], [b"Host: x"]
            for parameter in operation.get("parameters", []) + item.get("parameters", []):
                value = parameter.get("example", schema_example(parameter.get("schema", {}), document))
                if value == "text":
                    if not parameter.get("required"):
                        continue
                    value = real.get(parameter["name"], value)
                if parameter["in"] == "path":
                    target = target.replace("{%s}" % parameter["name"], str(value))
                elif parameter["in"] == "query":
                    query.append(f"{parameter['name']}={value}")
                elif parameter["in"] == "header" and parameter["name"] not in ("Idempotency-Key", "Authorization"):
                    headers.append(f"{parameter['name']}: {value}".encode())
            full = document_prefix(document) + target + ("?" + "&".join(query) if query else "")
            body, content = None, operation.get("requestBody", {}).get("content", {})
            if content:
                media, description = next(iter(content.items()))
                headers.append(b"Content-Type: " + media.encode())
                example = description.get("example", schema_example(description.get("schema", {}), document))
                body = example.encode() if isinstance(example, str) else json.dumps(example).encode()
            requests.append(
                Request(method.upper().encode(), with_real(full.replace(" ", "%20").encode(), real), headers, body and with_real(body, real)))
    return requests


def with_real(text, real):
    """The text with ids of things that exist."""
    return re.sub(rb"\b([a-z]{3})_[0-9a-z]{26}\b", lambda match: real.get(match[1].decode(), match[0].decode()).encode(), text)


def document_prefix(document):
    """What stands between the host and the paths."""
    url = document.get("servers", [{"url": ""}])[0]["url"]
    rest = url.split("://", 1)[-1]
    return "/" + rest.split("/", 1)[1].rstrip("/") if "/" in rest else ""


class Mutator:
    """Makes the request of a number, the same whenever it is asked."""

    def __init__(self, requests, tokens, seed):
        self.requests, self.tokens, self.seed = requests, tokens, seed

    def request(self, number):
        rng = random.Random(f"{self.seed}/{number}")
        request = rng.choice(self.requests).copy()
        if self.tokens and rng.random() < 0.7:
            request.headers.append(b"Authorization: Bearer " + rng.choice(self.tokens).encode())
        if request.method == b"POST":
            request.headers.append(b"Idempotency-Key: " + str(uuid.UUID(int=rng.getrandbits(128))).encode())
        if rng.random() < 0.6:
            # Good HTTP, so that it gets as far as what reads the fields.
            for _ in range(rng.randint(1, 3)):
                rng.choice([mutate_json, mutate_json, mutate_json, mutate_target])(request, rng)
            head, body = request.parts()
            return b"\r\n".join(head) + b"\r\n\r\n" + body
        for _ in range(rng.randint(0, 2)):
            rng.choice([mutate_json, mutate_target, mutate_headers, mutate_headers, mutate_method])(request, rng)
        head, body = request.parts()
        if request.body is not None and rng.random() < 0.4:
            head = [line for line in head if not line.startswith(b"Content-Length:")] + [b"Transfer-Encoding: chunked"]
            body = chunks(body, rng)
        raw = b"\r\n".join(head) + b"\r\n\r\n" + body
        for _ in range(rng.choice([0, 1, 1, 2])):
            raw = mutate_bytes(raw, rng)
        return raw


def chunks(body, rng):
    """The body in chunks, of which some are not what they say."""
    out, at = b"", 0
    while at < len(body):
        size = rng.randint(1, max(1, len(body) - at))
        said = rng.choice([b"%x" % size] * 12 + [b"%x" % (size + 1), b"-1", b"ffffffffffffffffff", b"0x1", b"%x;a=b" % size, b"g"])
        out += said + b"\r\n" + body[at : at + size] + rng.choice([b"\r\n"] * 12 + [b"\n", b"", b"\r"])
        at += size
    return out + rng.choice([b"0\r\n\r\n"] * 8 + [b"0\r\nX: y\r\nContent-Length: 1\r\n\r\n", b"0;x\r\n\r\n", b"", b"00000000000000000000\r\n\r\n"])


def mutate_bytes(raw, rng):
    at = rng.randrange(len(raw) + 1)
    choice = rng.randrange(5)
    if choice == 0 and raw:
        at = rng.randrange(len(raw))
        return raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]
    if choice == 1:
        return raw[:at] + rng.choice(FRAGMENTS) + raw[at:]
    end = min(len(raw), at + rng.randint(1, 40))
    if choice == 2:
        return raw[:at] + raw[end:]
    if choice == 3:
        return raw[:end] + raw[at:end] * rng.randint(1, 20) + raw[end:]
    return raw[:at]


def mutate_method(request, rng):
    request.method = rng.choice(METHODS)


def mutate_headers(request, rng):
    choice = rng.randrange(4)
    if choice == 0 and request.headers:
        request.headers.pop(rng.randrange(len(request.headers)))
    elif choice == 1 and request.headers:
        request.headers.append(rng.choice(request.headers))
    elif choice == 2 and request.headers:
        at = rng.randrange(len(request.headers))
        request.headers[at] = mutate_bytes(request.headers[at], rng)
    else:
        request.headers.insert(rng.randint(0, len(request.headers)), rng.choice(HEADERS))


def mutate_target(request, rng):
    target, choice = request.target, rng.randrange(5)
    if choice == 0:
        parts = target.split(b"/")
        parts[rng.randrange(len(parts))] = rng.choice(FRAGMENTS)
        target = b"/".join(parts)
    elif choice == 1:
        target += rng.choice([b"?", b"&"]) + rng.choice(
            [b"limit=0", b"limit=99999999999999999999", b"cursor=", b"cursor=%ff", b"cursor=eyJ9", b"status=x", b"=", b"&&&", b"limit=1&limit=2",
             b"a=" + b"b" * 5000, b"%", b"limit=%31", b"limit=+1"])
    elif choice == 2:
        target = mutate_bytes(target, rng)
    elif choice == 3:
        target = rng.choice([b"http://x", b"https://y:1", b"ftp://x", b"//x", b"*", b""]) + target
    else:
        target = target.split(b"?")[0] + rng.choice([b"/", b"//", b"/..", b"/.", b"%2f", b";a=b", b"%00", b"?" + b"a" * 15000])
    request.target = target.replace(b"\n", b"") if rng.random() < 0.9 else target


def mutate_json(request, rng):
    if not request.body:
        return
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError):
        request.body = mutate_bytes(request.body, rng)
        return
    choice = rng.randrange(8)
    if choice < 5:
        request.body = json.dumps(changed(value, rng), ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    elif choice == 5:
        depth = rng.choice([10, 100, 3000])
        request.body = rng.choice([b"[", b'{"a":']) * depth + request.body + b"]" * rng.choice([depth, 0])
    elif choice == 6:
        request.body = request.body.replace(b":", b":" + rng.choice(FRAGMENTS), rng.randint(1, 3))
    else:
        request.body = rng.choice([b"", b"null", b"[]", b"0", b"\xef\xbb\xbf", b'"', b"{}{}", b"{", b'{"a":1,"a":2}']) + rng.choice([b"", request.body])


def changed(value, rng):
    """The value with one place of it changed."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        name = rng.choice(sorted(value))
        copy = dict(value)
        choice = rng.randrange(4)
        if choice == 0:
            del copy[name]
        elif choice == 1:
            copy[rng.choice(["", "x", name.upper(), "\0", "__proto__", "n" * 2000])] = rng.choice(VALUES)
        else:
            copy[name] = changed(value[name], rng)
        return copy
    if isinstance(value, list) and value and rng.random() < 0.85:
        copy = list(value)
        if rng.random() < 0.3:
            return copy * rng.choice([0, 2, 101, 300])
        at = rng.randrange(len(copy))
        copy[at] = changed(copy[at], rng)
        return copy
    return rng.choice(VALUES)
