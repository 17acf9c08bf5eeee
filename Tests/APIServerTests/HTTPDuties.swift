/// What RFC 9110 and 9112 ask of a server that has no proxies, ranges or upgrades to offer.
extension HTTPDuty {
    static let all = methods + targets + hosts + syntax + lengths + chunks + expectations + connections + content

    private static let catalogue = "allow: GET, HEAD, OPTIONS, POST"

    private static let methods = [
        HTTPDuty(
            "9110 9.3.1", "GET", request(), answers: 200, then: .goesOn, lines: ["date: ", "content-length: "],
            lacking: ["transfer-encoding", "connection"]),
        HTTPDuty(
            "9110 9.3.2", "HEAD has the length of GET and no content", request("HEAD"), answers: 200, then: .goesOn,
            lines: ["content-length: "]),
        HTTPDuty(
            "9110 9.3.2", "HEAD of what is not there has no content either", request("HEAD", "/nothing"), answers: 404,
            then: .goesOn, lines: ["content-length: "]),
        HTTPDuty(
            "9110 9.3.7", "OPTIONS", request("OPTIONS"), answers: 204, then: .goesOn, lines: [catalogue],
            lacking: ["content-length", "transfer-encoding"]),
        HTTPDuty(
            "9110 9.3.7", "OPTIONS of the server", request("OPTIONS", "*"), answers: 204, then: .goesOn,
            lines: ["allow: DELETE, GET, HEAD, OPTIONS, PATCH, POST"]),
        HTTPDuty(
            "9110 15.5.6", "a method that the resource does not have", request("DELETE"), answers: 405, then: .goesOn,
            lines: [catalogue, "date: "]),
        HTTPDuty(
            "9110 9.3.8", "TRACE echoes nothing", request("TRACE"), answers: 405, then: .goesOn, lines: [catalogue]),
        HTTPDuty("9110 9.3.6", "CONNECT", request("CONNECT", "x:80"), answers: 501, then: .ends, lines: ["date: "]),
        HTTPDuty(
            "9110 9.1", "a method that nobody knows", request("BREW"), answers: 501, then: .ends, lines: ["date: "]),
        HTTPDuty("9110 9.1", "methods are case-sensitive", request("get"), answers: 501, then: .ends),
        HTTPDuty("9110 15.5.5", "no resource", request("GET", "/nothing"), answers: 404, then: .goesOn),
    ]

    private static let targets = [
        HTTPDuty("9112 3.2.2", "absolute form", request("GET", "http://x\(small)"), answers: 200, then: .goesOn),
        HTTPDuty(
            "9112 3.2.2", "absolute form through TLS", request("GET", "HTTPS://x:8443\(small)"), answers: 200,
            then: .goesOn),
        HTTPDuty(
            "9112 3.2.2", "absolute form without a path", request("HEAD", "http://x"), answers: 404, then: .goesOn),
        HTTPDuty("9112 3.2", "a scheme of another world", request("GET", "ftp://x/"), answers: 400, then: .ends),
        HTTPDuty("9112 3.2", "an absolute form with a user", request("GET", "http://a@x/"), answers: 400, then: .ends),
        HTTPDuty("9112 3.2.3", "authority form without CONNECT", request("GET", "x:80"), answers: 400, then: .ends),
        HTTPDuty("9112 3.2.4", "asterisk form without OPTIONS", request("GET", "*"), answers: 400, then: .ends),
        HTTPDuty("9112 3.2", "no form at all", request("GET", "products"), answers: 400, then: .ends),
        HTTPDuty("9110 7.1", "a fragment", request("GET", small + "#a"), answers: 400, then: .ends),
        HTTPDuty("9112 3.2", "bytes that no URI has", request("GET", "/\u{E9}"), answers: 400, then: .ends),
        HTTPDuty(
            "9112 3", "a target of 8000 octets", request("GET", "/" + String(repeating: "p", count: 7999)),
            answers: 404,
            then: .goesOn),
        HTTPDuty(
            "9110 15.5.15", "a target that is too long", request("GET", "/" + String(repeating: "p", count: 20 << 10)),
            answers: 414, then: .ends, lines: ["date: "]),
        HTTPDuty(
            "6585 5", "a header that is too long", request(fields: "X: \(String(repeating: "y", count: 20 << 10))\r\n"),
            answers: 431, then: .ends, lines: ["date: "]),
        HTTPDuty("9112 2.3", "HTTP/1.2", request(version: "1.2"), answers: 505, then: .ends),
        HTTPDuty("9112 2.3", "HTTP/3.0", request(version: "3.0"), answers: 505, then: .ends),
        HTTPDuty("9112 2.3", "no version", "GET \(small)\r\n\r\n", answers: 505, then: .ends),
        HTTPDuty(
            "9113 3.4", "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", answers: 400, then: .ends),
    ]

    private static let hosts = [
        HTTPDuty("9112 3.2", "no host", request(host: ""), answers: 400, then: .ends, lines: ["date: "]),
        HTTPDuty("9112 3.2", "two hosts", request(host: "Host: x\r\nHost: x\r\n"), answers: 400, then: .ends),
        HTTPDuty("9112 3.2", "a host that is none", request(host: "Host: x/y\r\n"), answers: 400, then: .ends),
        HTTPDuty("9112 3.2", "an empty host", request(host: "Host:\r\n"), answers: 200, then: .goesOn),
        HTTPDuty("9112 3.2", "no host in HTTP/1.0", request(version: "1.0", host: ""), answers: 200, then: .ends),
    ]

    private static let syntax = [
        HTTPDuty("9112 2.2", "empty lines before a request", "\r\n\r\n" + request(), answers: 200, then: .goesOn),
        HTTPDuty(
            "9112 2.2", "a blank before the first field", request(host: " Host: x\r\n"), answers: 400, then: .ends),
        HTTPDuty("9112 5.1", "a blank before the colon", request(fields: "X : a\r\n"), answers: 400, then: .ends),
        HTTPDuty("9112 5.2", "a folded line", request(fields: "X: a\r\n b\r\n"), answers: 400, then: .ends),
        HTTPDuty("9112 2.2", "a bare CR in a value", request(fields: "X: a\rb\r\n"), answers: 400, then: .ends),
        HTTPDuty("9110 5.5", "a NUL in a value", request(fields: "X: a\0b\r\n"), answers: 400, then: .ends),
        HTTPDuty("9110 5.1", "a name that is no token", request(fields: "X(: a\r\n"), answers: 400, then: .ends),
        HTTPDuty("9110 5.1", "no name", request(fields: ": a\r\n"), answers: 400, then: .ends),
        HTTPDuty("9112 5", "no colon", request(fields: "X\r\n"), answers: 400, then: .ends),
        HTTPDuty(
            "9112 2.2", "something that is no HTTP after a request", request() + "\u{16}\u{3}\u{1}\r\n\r\n",
            answers: 200,
            501, then: .ends),
    ]

    private static let lengths =
        [
            HTTPDuty("9112 6.3", "a length", order("Content-Length: 2\r\n"), answers: 422, then: .goesOn),
            HTTPDuty("9112 6.3", "no length is no body", order("", ""), answers: 400, then: .goesOn),
            HTTPDuty(
                "9110 8.6", "two lengths", order("Content-Length: 2\r\nContent-Length: 2\r\n"), answers: 400,
                then: .ends),
            HTTPDuty(
                "9110 8.6", "two different lengths", order("Content-Length: 2\r\nContent-Length: 3\r\n"), answers: 400,
                then: .ends),
        ]
        + ["2, 2", "+2", "-2", "0x2", "2 2", "2.0", "", "18446744073709551616", "18446744073709551618"].map {
            HTTPDuty("9110 8.6", "the length “\($0)”", order("Content-Length: \($0)\r\n"), answers: 400, then: .ends)
        } + [
            HTTPDuty(
                "9110 15.5.14", "a length beyond what is read", order("Content-Length: 9223372036854775807\r\n", ""),
                answers: 413, then: .ends),
            HTTPDuty(
                "9110 9.3.1", "a body of GET is read over",
                request(fields: "Content-Length: 5\r\n") + "hello", answers: 200, then: .goesOn),
            HTTPDuty(
                "9112 6.1", "a length beside chunks",
                order("Content-Length: 12\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
                answers: 400, then: .ends),
            HTTPDuty(
                "9112 6.1", "chunks beside a length",
                order("Transfer-Encoding: chunked\r\nContent-Length: 12\r\n", "2\r\n{}\r\n0\r\n\r\n"),
                answers: 400, then: .ends),
        ]

    private static let whole = "2\r\n{}\r\n0\r\n\r\n"

    private static let chunks =
        [
            HTTPDuty("9112 7.1", "chunks", chunked(whole), answers: 422, then: .goesOn),
            HTTPDuty("9112 7", "codings are case-insensitive", chunked(whole, "Chunked"), answers: 422, then: .goesOn),
            HTTPDuty(
                "9112 7.1.1", "extensions are skipped", chunked("2;a=b;c=\"d e\"\r\n{}\r\n0;x\r\n\r\n"), answers: 422,
                then: .goesOn),
            HTTPDuty(
                "9112 7.1.2", "trailers are no headers",
                chunked("2\r\n{}\r\n0\r\nContent-Type: text/plain\r\nX: y\r\n\r\n"),
                answers: 422, then: .goesOn),
            HTTPDuty("9112 6.1", "chunks in HTTP/1.0", chunked(whole, version: "1.0"), answers: 400, then: .ends),
        ]
        + ["gzip, chunked", "xchunked", "identity"].map {
            HTTPDuty("9112 6.1", "the unknown coding “\($0)”", chunked(whole, $0), answers: 501, then: .ends)
        }
        + ["chunked, gzip", "chunked, chunked", "chunked\r\nTransfer-Encoding: chunked"].map {
            HTTPDuty("9112 6.3", "the coding “\($0)”", chunked(whole, $0), answers: 400, then: .ends)
        }
        + ["FFFFFFFFFFFFFFFFF", "0x2", "-2", "+2", "2 ", "", "g"].map {
            HTTPDuty(
                "9112 7.1", "a chunk of the size “\($0)”", chunked("\($0)\r\n{}\r\n0\r\n\r\n"), answers: 400,
                then: .ends)
        } + [
            HTTPDuty(
                "9112 7.1", "a chunk that is longer than it says", chunked("2\r\n{}x\r\n0\r\n\r\n"), answers: 400,
                then: .ends),
            HTTPDuty("9112 2.2", "line ends without CR", chunked("2\n{}\n0\n\n"), answers: 400, then: .ends),
            HTTPDuty(
                "9112 7.1.1", "an extension that ends without CR", chunked("2;\n{}\r\n0\r\n\r\n"), answers: 400,
                then: .ends),
        ]

    private static let expectations = [
        HTTPDuty(
            "9110 10.1.1", "a client that waits is told to go on",
            order("Content-Length: 2\r\nExpect: 100-continue\r\n", ""), "{}", answers: 100, 422, then: .goesOn),
        HTTPDuty(
            "9110 10.1.1", "the expectation is case-insensitive",
            order("Transfer-Encoding: chunked\r\nExpect: 100-Continue\r\n", ""), whole, answers: 100, 422, then: .goesOn
        ),
        HTTPDuty(
            "9110 10.1.1", "what is refused by its head is not asked for",
            order("Content-Length: 2\r\nExpect: 100-continue\r\n", "", type: "text/plain"), "", answers: 415,
            then: .ends,
            lines: ["connection: close"]),
        HTTPDuty(
            "9110 10.1.1", "nor is what is too large", order("Content-Length: 2000000\r\nExpect: 100-continue\r\n", ""),
            "",
            answers: 413, then: .ends, lines: ["connection: close"]),
        HTTPDuty(
            "9110 10.1.1", "nothing to wait for", request(fields: "Expect: 100-continue\r\n"), answers: 200,
            then: .goesOn),
        HTTPDuty(
            "9110 10.1.1", "HTTP/1.0 knows no interim answers",
            order("Content-Length: 2\r\nExpect: 100-continue\r\n", version: "1.0"), answers: 422, then: .ends),
        HTTPDuty(
            "9110 15.5.18", "another expectation", request(fields: "Expect: cookies\r\n"), answers: 417, then: .ends,
            lines: ["date: "]),
    ]

    private static let connections = [
        HTTPDuty(
            "9112 9.6", "close", request(fields: "Connection: close\r\n"), answers: 200, then: .ends,
            lines: ["connection: close"]),
        HTTPDuty(
            "9110 7.6.1", "options are case-insensitive", request(fields: "Connection: Close\r\n"), answers: 200,
            then: .ends),
        HTTPDuty(
            "9110 7.6.1", "options are a list", request(fields: "Connection: x, close\r\n"), answers: 200, then: .ends),
        HTTPDuty(
            "9110 7.6.1", "and may stand in several lines", request(fields: "Connection: x\r\nConnection: close\r\n"),
            answers: 200, then: .ends),
        HTTPDuty(
            "9112 9.3", "keep-alive", request(fields: "Connection: keep-alive\r\n"), answers: 200, then: .goesOn),
        HTTPDuty(
            "9112 9.3", "HTTP/1.0", request(version: "1.0"), answers: 200, then: .ends, lines: ["connection: close"],
            lacking: ["transfer-encoding"]),
        HTTPDuty(
            "9112 9.3.2", "requests sent ahead are answered in order",
            request() + request("HEAD") + request("GET", "/nothing"), answers: 200, 200, 404, then: .goesOn),
        HTTPDuty(
            "9110 7.8", "an upgrade that nobody offers is passed over",
            request(
                fields: "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
            answers: 200, then: .ends, lines: ["connection: close"]),
    ]

    private static let content = [
        HTTPDuty(
            "9110 8.3", "a media type with parameters",
            order("Content-Length: 2\r\n", type: "application/json; charset=\"UTF-8\"; x=y"), answers: 422,
            then: .goesOn),
        HTTPDuty(
            "9110 15.5.16", "another media type", order("Content-Length: 2\r\n", type: "text/json"), answers: 415,
            then: .goesOn),
        HTTPDuty(
            "9110 15.5.16", "a content coding", order("Content-Length: 2\r\nContent-Encoding: gzip\r\n"), answers: 415,
            then: .goesOn, lines: ["accept-encoding: identity"]),
        HTTPDuty(
            "9110 12.5.1", "what is wanted and not had is passed over", request(fields: "Accept: text/xml\r\n"),
            answers: 200, then: .goesOn),
        HTTPDuty(
            "9110 14.2", "ranges are passed over", request(fields: "Range: bytes=0-3\r\n"), answers: 200, then: .goesOn,
            lacking: ["content-range"]),
        HTTPDuty(
            "9110 13.1.2", "what the reader has",
            request("GET", "/api/v1/openapi.json", fields: "If-None-Match: *\r\n"), answers: 304,
            then: .goesOn, lines: ["etag: ", "date: "], lacking: ["transfer-encoding", "content-type"]),
        HTTPDuty(
            "9110 13.1.2", "what the reader has not",
            request("HEAD", "/api/v1/openapi.json", fields: "If-None-Match: \"x\"\r\n"),
            answers: 200, then: .goesOn, lines: ["etag: "]),
        HTTPDuty(
            "9110 11.6.1", "credentials that are needed", request("GET", "/api/v1/vendors"), answers: 401,
            then: .goesOn,
            lines: ["www-authenticate: Bearer"]),
    ]
}
