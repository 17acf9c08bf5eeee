import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Testing

@testable import Platform

@Suite("Heads of requests")
struct RequestHeadTests {
    private func serve(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let router = Router()
        router.get("/names") { request, _ in
            request.headers.map { $0.name.canonicalName }.sorted().joined(separator: " ")
        }
        let application = Application(
            router: router, server: HTTPServing.server(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: Logger(label: "test"))
        try await application.test(.live) { client in try await body(try #require(client.port)) }
    }

    private func ask(_ port: Int, _ head: String) async throws -> String {
        let client = try PlainClient(port: port)
        try client.send(head + "\r\n\r\n")
        return await client.read(patience: .seconds(5))
    }

    @Test("A head beyond the limits is refused in words and ends the connection")
    func tooLarge() async throws {
        try await serve { port in
            for head in [
                "GET /names HTTP/1.1\r\nHost: x\r\nX-Long: " + String(repeating: "x", count: 17 << 10),
                "GET /names HTTP/1.1" + (0..<120).map { "\r\nX-\($0): 1" }.joined(),
            ] {
                let answer = try await ask(port, head)
                #expect(answer.hasPrefix("HTTP/1.1 431 "), "\(answer.prefix(200))")
                #expect(answer.contains("urn:haat:problem:head-too-large"))
                #expect(answer.contains("At most 100 headers and 32768 bytes"))
            }
            let allowed = try await ask(
                port,
                "GET /names HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: "
                    + String(repeating: "x", count: 15 << 10))
            #expect(allowed.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(
        "Of a condition that can't be read the name stays",
        arguments: ["Idempotency-Key", "idempotency-key", "If-Match"])
    func unreadableCondition(name: String) async throws {
        try await serve { port in
            let answer = try await ask(
                port, "GET /names HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(name): \"\u{FC}\"")
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer.prefix(200))")
            #expect(answer.contains(name.lowercased()))
        }
    }

    @Test(
        "Two hosts, or one that is none, are refused: somebody before us may have believed the other one",
        arguments: [
            "Host: x\r\nHost: x", "Host: x\r\nhost: y", "Host: a b", "Host: user@x", "Host: x/y", #"Host: x\y"#,
            "Host: x, y", "Host: x?y", "Host: x\"y",
        ])
    func ambiguousHost(lines: String) async throws {
        try await serve { port in
            let answer = try await ask(port, "GET /names HTTP/1.1\r\n\(lines)\r\nConnection: close")
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(200))")
            #expect(answer.contains("urn:haat:problem:malformed-request"))
        }
    }

    @Test(
        "One host is fine, and so is none", arguments: ["Host: x", "Host: x.example:8080", "Host: [::1]:80", "Host:"])
    func host(line: String) async throws {
        try await serve { port in
            let answer = try await ask(port, "GET /names HTTP/1.1\r\n\(line)\r\nConnection: close")
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer.prefix(200))")
        }
    }

    @Test("A path that is not ASCII is refused, and a header value that is not reaches nobody")
    func notASCII() async throws {
        try await serve { port in
            let path = try await ask(port, "GET /names\u{301}\u{323} HTTP/1.1\r\nHost: x")
            #expect(path.hasPrefix("HTTP/1.1 400 "), "\(path.prefix(200))")
            let header = try await ask(
                port, "GET /names HTTP/1.1\r\nHost: x\r\nX-City: Z\u{FC}rich\r\nX-Plain: 1\r\nConnection: close")
            #expect(header.hasPrefix("HTTP/1.1 200 "))
            #expect(header.contains("x-plain"))
            #expect(!header.contains("x-city"))
        }
    }
}
