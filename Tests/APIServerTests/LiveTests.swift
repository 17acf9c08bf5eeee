import Core
import Foundation
import HTTPTypes
import HummingbirdTesting
import Platform
import Postgres
import Testing

@testable import APIServer
@testable import Jobs

@Suite("Live", .timeLimit(.minutes(5)))
struct LiveTests {
    /// Somebody who watches, over a socket.
    private final class Reader: Sendable {
        private let client: PlainClient

        init(_ api: LiveAPI, _ path: String, token: String? = LiveAPI.operatorToken, after id: Int? = nil) throws {
            client = try PlainClient(port: try #require(api.client.port))
            let credentials = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
            let last = id.map { "Last-Event-ID: \($0)\r\n" } ?? ""
            try client.send("GET /api/v1\(path) HTTP/1.1\r\nHost: x\r\n\(credentials)\(last)\r\n")
        }

        /// What comes until a text does, or patience ends.
        func read(until text: String, patience: Duration = .seconds(20)) async -> String {
            let deadline = ContinuousClock.now + patience
            var answer = ""
            while !answer.contains(text), ContinuousClock.now < deadline {
                answer += await client.read(patience: .milliseconds(50))
            }
            return answer
        }

        /// The id with which the stream begins.
        func start() async throws -> Int {
            let head = await read(until: "\n\nid: ")
            let digits = try #require(head.split(separator: "id: ").last).prefix { $0.isNumber }
            return try #require(Int(digits))
        }
    }

    private static func number(_ api: LiveAPI) async throws {
        while try await EventNumbering(postgres: api.platform.postgres).turn() {}
    }

    private static func record(_ name: String, in executor: some PostgresExecutor) async throws {
        try await executor.execute(
            "INSERT INTO events (id, name, version, payload) VALUES (gen_random_uuid(), \(name), 1, '{}')")
    }

    @Test("What commits late is told late: nobody who has read a later one misses it")
    func lateCommit() async throws {
        try await LiveAPI.run(over: .live, isWatching: true) { api in
            let reader = try Reader(api, "/events/stream?topics=test")
            _ = try await reader.start()
            try await api.owner.withTransaction { transaction in
                try await transaction.execute(
                    "INSERT INTO events (id, name, version, payload) VALUES (uuid7_floor(now()), 'test.early', 1, '{}')"
                )
                try await Self.record("test.late", in: api.owner)
                try await Self.record("other.late", in: api.owner)
                try await Self.number(api)
                let first = await reader.read(until: "test.late")
                #expect(first.contains("event: test.late") && !first.contains("other.late"))
            }
            try await Self.number(api)
            #expect(await reader.read(until: "test.early").contains("event: test.early"))
        }
    }

    @Test("Who was away is told what came meanwhile, and who missed too much that it did")
    func away() async throws {
        try await LiveAPI.run(over: .live, isWatching: true) { api in
            try await Self.record("test.before", in: api.owner)
            try await Self.number(api)
            let start = try await Reader(api, "/events/stream").start()
            try await Self.record("test.meanwhile", in: api.owner)
            try await Self.number(api)
            let back = try await Reader(api, "/events/stream", after: start).read(until: "id: \(start + 1)\n\n")
            #expect(back.contains("event: test.meanwhile") && !back.contains("test.before"))
            try await api.owner.execute(
                """
                INSERT INTO events (id, name, version, payload)
                SELECT gen_random_uuid(), 'test.many', 1, '{}' FROM generate_series(1, \(LiveEvents.mostMissed))
                """)
            try await Self.number(api)
            // Whoever watches already is told batch by batch, and whoever comes meanwhile joins them.
            var reached = 0
            for _ in 0..<200 where reached <= start + LiveEvents.mostMissed {
                reached = try await Reader(api, "/events/stream").start()
                try await Task.sleep(for: .milliseconds(50))
            }
            let lost = try await Reader(api, "/events/stream", after: start).read(until: "reset")
            #expect(lost.contains("event: reset") && !lost.contains("test.many"))
            let wrong = try await Reader(api, "/events/stream", after: -1).read(until: "422")
            #expect(wrong.contains("422"))
        }
    }

    @Test("Changes of stock come together, to each what they may know, of what they watch")
    func stock() async throws {
        try await LiveAPI.run(over: .live, isWatching: true) { api in
            let (product, variant) = try await api.offer(kind: "physical", sku: "ONE")
            let (_, other) = try await api.offer(kind: "physical", sku: "OTHER")
            for variant in [variant, other] {
                try await api.call(.post, "/variants/\(variant)/stock_adjustments", ["delta": 1])
            }
            try await Self.number(api)
            let all = try await api.call(.get, "/stock").json["data"]?.arrayValue
            let vendor = try #require(all?.first { $0["variant_id"] == .string(variant) }?["vendor_id"]?.stringValue)
            let anybody = try Reader(api, "/stock/events?product_id=\(product)", token: nil)
            let seller = try Reader(api, "/stock/events?vendor_id=\(vendor)")
            let collection = try await api.call(.post, "/collections", ["title": "Monsoon", "is_published": true]).json
            let collectionID = try #require(collection["id"]?.stringValue)
            try await api.call(
                .put, "/collections/\(collectionID)/products", ["products": [.string(product)]],
                headers: ["If-Match": "*"])
            let browser = try Reader(api, "/stock/events?collection_id=\(collectionID)", token: nil)
            _ = try await anybody.start()
            _ = try await seller.start()
            _ = try await browser.start()
            for _ in 0..<5 {
                for variant in [variant, other] {
                    try await api.call(.post, "/variants/\(variant)/stock_adjustments", ["delta": 2])
                }
            }
            try await Self.number(api)
            let seen = await anybody.read(until: "\nid: ")
            #expect(seen.split(separator: "event: stock").count == 2, "\(seen)")
            #expect(seen.contains(#""available":11"#) && !seen.contains("on_hand") && !seen.contains(other))
            let browsed = await browser.read(until: "\nid: ")
            #expect(browsed.contains(variant) && !browsed.contains(other))
            let own = await seller.read(until: "\nid: ")
            #expect(own.contains(#""on_hand":11"#) && own.contains(variant) && !own.contains(other))
        }
    }

    @Test("A stream of what one may not see is refused before it begins")
    func refusals() async throws {
        try await LiveAPI.run(over: .live, isWatching: true) { api in
            let (_, variant) = try await api.offer(kind: "physical")
            try await api.call(.post, "/variants/\(variant)/stock_adjustments", ["delta": 1])
            let vendor = try #require(
                try await api.call(.get, "/stock").json["data"]?[0]?["vendor_id"]?.stringValue)
            let other = try await api.createVendor()
            let key = try await api.call(
                .post, "/api_keys", ["name": "Shop", "role": "vendor_manager", "vendor_id": .string(other)])
            let token = try key.json["token"]?.stringValue
            let tail = "_01j9x8tqf1e6s8d2n4v7b0kzmw"
            for (path, token, status) in [
                ("/stock/events", nil, 401), ("/stock/events?vendor_id=\(vendor)", nil, 401),
                ("/stock/events?vendor_id=\(vendor)", token, 404), ("/stock/events?product_id=prd\(tail)", nil, 404),
                ("/stock/events?collection_id=col\(tail)", nil, 404), ("/stock/events?product_id=x", nil, 422),
                ("/stock/events?nothing=1", nil, 422), ("/events/stream", nil, 401), ("/events/stream", token, 403),
            ] {
                let answer = try await Reader(api, path, token: token).read(until: "\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(path): \(answer.prefix(80))")
            }
            let own = try Reader(api, "/stock/events", token: token)
            _ = try await own.start()
        }
    }

    @Test("Who reads too slowly is cut off, and holds nobody up")
    func slowReader() async throws {
        try await LiveAPI.run { api in
            let live = LiveEvents(postgres: api.platform.postgres, logger: api.platform.logger)
            let running = Task { try await live.run() }
            let (slow, quick) = (try await live.watch(), try await live.watch())
            var heard = quick.batches.makeAsyncIterator()
            let looks = LiveEvents.patience + 1
            for _ in 0..<looks {
                try await Self.record("test.tick", in: api.owner)
                try await Self.number(api)
                #expect(await heard.next()?.events.count == 1)
            }
            var kept = 0
            for await _ in slow.batches { kept += 1 }
            #expect(kept == LiveEvents.patience)
            running.cancel()
            _ = try await running.value
            #expect(await heard.next() == nil)
            await #expect(throws: Problem.self) { _ = try await live.watch() }
        }
    }
}
