import Core
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Endpoints

/// Where text from outside gets in, a text that `String` is slow to compare takes no more work than any other of its size.
@Suite("Work per byte", .serialized)
struct WorkPerByteTests {
    /// A place where a text of the caller's choice goes.
    struct Entry: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let send: @Sendable (any TestClientProtocol, String) async throws -> TestResponse

        init(_ name: String, _ send: @escaping @Sendable (any TestClientProtocol, String) async throws -> TestResponse)
        {
            testDescription = name
            self.send = send
        }

        static func body(_ name: String, _ text: @escaping @Sendable (String) -> String) -> Entry {
            Entry("body: \(name)") { client, filler in try await client.post("/api/v1/orders", text(filler)) }
        }

        static func member(_ name: String) -> Entry { body(name) { #"{"\#(name)":"\#($0)"}"# } }

        static func query(_ name: String, _ text: @escaping @Sendable (String) -> String) -> Entry {
            Entry("query: \(name)") { client, filler in
                let encoded = filler.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                return try await client.get("/api/v1/orders?" + text(encoded), asOperator)
            }
        }

        static func header(_ name: String) -> Entry {
            Entry("header: \(name)") { client, filler in
                var headers = asOperator
                headers[HTTPField.Name(name)!] = filler
                return name == "If-Match" || name == "Content-Type" || name == "Content-Encoding"
                    ? try await client.execute(
                        uri: "/api/v1/vendors/\(ID<Vendor>.example)/stalls/tea", method: .patch, headers: headers,
                        body: ByteBuffer(string: "{}")
                    ) { $0 }
                    : try await client.get("/api/v1/orders?limit=40", headers)
            }
        }

        static let all =
            [
                body("a name") { #"{"\#($0)":1}"# }, body("a name of a label") { #"{"labels":{"\#($0)":1}}"# },
                body("a currency") { #"{"price":{"minor_units":1,"currency":"B\#($0)"}}"# },
                body("a list's text") { #"{"lines":[{"sku":"\#($0)"}]}"# },
                body("not JSON") { $0 },
                query("a name") { "a\($0)=1" }, query("an enumeration") { "gateway=s\($0)" },
                query("a number") { "limit=1\($0)" }, query("a time") { "since=2\($0)" },
                query("a cursor") { "cursor=a\($0)" },
                Entry("path: a segment") { client, filler in
                    let encoded = filler.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                    return try await client.get("/api/v1/vendors/v\(encoded)/stalls/tea")
                },
            ] + ["email", "gateway", "note", "deliver_after", "vendor", "gift"].map(member)
            + [
                "If-None-Match", "If-Match", "Authorization", "Accept-Encoding", "Content-Type", "Content-Encoding",
                "X-Request-Id", "traceparent", "X-Forwarded-For", "Origin", "Idempotency-Key",
            ].map(header)
    }

    private static let size = 32_000

    /// Two kinds of marks in the order that canonical ordering has to turn around.
    private static let marks =
        "a" + String(repeating: "\u{301}", count: size / 4) + String(repeating: "\u{323}", count: size / 4)
    private static let letters = String(repeating: "x", count: size + 1)

    @Test("Combining marks cost at most five times what letters cost", arguments: Entry.all)
    func combiningMarks(entry: Entry) async throws {
        var server = BazaarServer()
        server.settings.bodyLimit = 1 << 20
        server.settings.allowedOrigins = ["https://shop.example"]
        server.settings.trustedProxies = 1
        try await server.application().test(.router) { client in
            let factor = try await leastFactor { try await entry.send(client, $0) }
            #expect(factor <= 5)
        }
    }

    /// The smallest quotient of both times that a few tries give: what else runs on the machine lengthens single ones.
    private func leastFactor(_ send: (String) async throws -> TestResponse) async throws -> Double {
        var (slow, plain) = (Duration.seconds(3600), Duration.seconds(3600))
        for _ in 0..<30 {
            plain = min(plain, try await time { _ = try await send(Self.letters) })
            slow = min(slow, try await time { _ = try await send(Self.marks) })
            if slow <= plain * 5 { break }
        }
        return slow / plain
    }

    private func time(_ work: () async throws -> Void) async throws -> Duration {
        try await ContinuousClock().measure(work)
    }

    @Test("Thousands of unknown members are answered with fifty errors and their number")
    func boundedErrors() async throws {
        var server = BazaarServer()
        server.settings.bodyLimit = 1 << 20
        try await server.live { client in
            let members = (0..<900).map { "\"unknown\($0)\":1" }.joined(separator: ",")
            let refused = try await client.post("/api/v1/orders", "{\(members)}")
            #expect(refused.status == .unprocessableContent)
            #expect(try refused.json["errors"]?.arrayValue?.count == 50)
            // The two that are missing, besides.
            #expect(try refused.json["error_count"] == 902)
            #expect(refused.body.readableBytes < 8_192)
            let nested = (0..<60).map { _ in "{\(members)}" }.joined(separator: ",")
            let deep = try await client.post("/api/v1/orders", "{\"lines\":[\(nested)]}")
            #expect(try deep.json["errors"]?.arrayValue?.count == 50)
            #expect(try deep.json["error_count"] == .integer(60 * 902 + 1))
            let crowded = (0..<1_001).map { "\"unknown\($0)\":1" }.joined(separator: ",")
            let tooMany = try await client.post("/api/v1/orders", "{\(crowded)}")
            #expect(tooMany.status == .badRequest)
            #expect(try tooMany.json["detail"]?.stringValue?.contains("more than 1000 members") == true)
        }
    }

    @Test("A query beyond all need is refused by what is wrong with it, quoted briefly")
    func boundedQueries() async throws {
        try await BazaarServer().live { client in
            let long = try await client.get("/api/v1/orders?cursor=\(String(repeating: "x", count: 8_200))", asOperator)
            #expect(long.status == .unprocessableContent)
            #expect(try long.json["errors"]?[0]?["code"] == "too_long")
            let many = try await client.get(
                "/api/v1/orders?" + (0..<101).map { "a\($0)=1" }.joined(separator: "&"), asOperator)
            #expect(try many.json["errors"]?[0]?["code"] == "too_many")
            let name = try await client.get("/api/v1/orders?\(String(repeating: "n", count: 129))=1", asOperator)
            #expect(try name.json["errors"]?[0]?["code"] == "too_long")
            #expect(try name.json["errors"]?[0]?["pointer"]?.stringValue?.utf8.count ?? 100 < 50)
            #expect(try name.json["error_count"] == 1)
        }
    }

    @Test("An order may have 16 KiB, whether their number is announced or not")
    func boundedBodies() async throws {
        try await BazaarServer().live { client in
            let large = try await client.post("/api/v1/orders", String(repeating: " ", count: (16 << 10) + 1))
            #expect(large.status == .contentTooLarge)
            #expect(try large.json["detail"] == "At most 16384 bytes are accepted here")
            let line = #"{"variant_id": "var_01j9x8tqf1e6s8d2n4v7b0kzmw", "quantity": 1000}"#
            let lines = Array(repeating: line, count: 100).joined(separator: ",\n        ")
            #expect(lines.utf8.count < 12_000)
        }
    }

    @Test("A long path is cut where it is shown")
    func boundedPaths() async throws {
        try await BazaarServer().live { client in
            let missing = try await client.get("/" + String(repeating: "p", count: 10_000))
            #expect(missing.status == .notFound)
            #expect(missing.body.readableBytes < 1_500)
        }
    }
}
