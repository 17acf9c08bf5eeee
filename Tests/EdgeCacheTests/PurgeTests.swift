import Catalog
import CommerceTestSupport
import Core
import Foundation
import Jobs
import Logging
import Outbound
import Postgres
import Synchronization
import Testing

@testable import EdgeCache
@testable import Jobs

@Suite("What caches before the API are told")
struct PurgeTests {
    private static func settings(_ form: PurgeSettings.Form = .webhook) -> PurgeSettings {
        PurgeSettings(
            origin: "https://cache.example", path: "/purge", form: form,
            secret: Secret(form == .webhook ? "whsec_\(Data(repeating: 7, count: 32).base64EncodedString())" : "token"))
    }

    private static func purge(
        _ market: Marketplace, _ sink: Sink, _ form: PurgeSettings.Form = .webhook
    ) -> PurgeCaches {
        PurgeCaches(settings(form), transport: sink, clock: market.clock, logger: Logger(label: "test"))
    }

    private static func number(_ market: Marketplace) async throws {
        while try await EventNumbering(postgres: market.client).turn() {}
    }

    private static func runs(_ market: Marketplace) async throws -> Int {
        try await market.client.queryValue(
            "SELECT count(*) FROM jobs WHERE kind = \(PurgeCaches.Job.kind)", as: Int.self) ?? 0
    }

    @Test("A changed product is dropped with the lists that show it, by one run however much has changed meanwhile")
    func changes() async throws {
        try await Marketplace.open { market in
            let sink = Sink()
            let purge = Self.purge(market, sink)
            let book = try await market.goods(units: 7)
            #expect(try await !purge.ask(market.client, in: market.queue))
            try await Self.number(market)
            #expect(try await purge.ask(market.client, in: market.queue))
            #expect(try await !purge.ask(market.client, in: market.queue))
            #expect(try await Self.runs(market) == 1)
            try await purge.run(in: market.queue)
            let sent = try #require(sink.calls.first)
            #expect(sink.calls.count == 1 && sent.url == "https://cache.example/purge")
            let keys = try sent.json["data"]?["keys"]?.arrayValue ?? []
            #expect(keys.contains("products") && keys.contains(.string("products/\(book.product)")))
            #expect(try sent.json["type"] == "cache.purge")
            #expect(try await !purge.ask(market.client, in: market.queue))
            _ = try await market.goods(units: 1, sku: "OTHER")
            try await Self.number(market)
            #expect(try await purge.ask(market.client, in: market.queue))
            try await purge.run(in: market.queue)
            let later = try #require(sink.calls.last)
            #expect(sink.calls.count == 2)
            #expect(try later.json["data"]?["keys"]?.arrayValue?.contains(.string("products/\(book.product)")) == false)
        }
    }

    @Test("Ten thousand changes are few calls, and more of them are one")
    func many() async throws {
        try await Marketplace.open { market in
            let sink = Sink()
            let purge = Self.purge(market, sink)
            try await Self.add(900, to: market)
            try await purge.run(in: market.queue)
            #expect(sink.calls.count == 2)
            #expect(try sink.calls.flatMap { try $0.json["data"]?["keys"]?.arrayValue ?? [] }.count == 901)
            try await Self.add(10_000, to: market)
            try await purge.run(in: market.queue)
            #expect(sink.calls.count == 3)
            #expect(try sink.calls[2].json["data"]?["everything"] == true)
            #expect(try await !purge.ask(market.client, in: market.queue))
            try await Self.add(10_001, to: market)
            try await purge.run(in: market.queue)
            #expect(sink.calls.count == 4)
            #expect(try sink.calls[3].json["data"]?["everything"] == true)
        }
    }

    /// As many changes of a product each, which are on record already.
    private static func add(_ count: Int, to market: Marketplace) async throws {
        try await market.owner.execute(
            """
            INSERT INTO events (id, name, version, payload, occurred_at, position)
            SELECT gen_random_uuid(), 'product.changed', 1, jsonb_build_object('product_id', 'prd_' || last + n), now(), last + n
            FROM event_positions, generate_series(1, \(count)) AS n
            """)
        try await market.owner.execute("UPDATE event_positions SET last = last + \(count)")
    }

    @Test("What a cache has not taken is told again, and a run that is lost is asked for anew")
    func failures() async throws {
        try await Marketplace.open { market in
            let sink = Sink(status: 503)
            let purge = Self.purge(market, sink)
            _ = try await market.goods(units: 7)
            try await Self.number(market)
            #expect(try await purge.ask(market.client, in: market.queue))
            await #expect(throws: OutboundError.self) { try await purge.run(in: market.queue) }
            let failed = try #require(sink.calls.first)
            #expect(try await !purge.ask(market.client, in: market.queue))
            market.clock.advance(by: 901)
            #expect(try await purge.ask(market.client, in: market.queue))
            sink.answer(with: 200)
            try await purge.run(in: market.queue)
            #expect(sink.calls.last?.header("webhook-id") == failed.header("webhook-id"))
            #expect(try await !purge.ask(market.client, in: market.queue))
        }
    }

    @Test("A feed that ends before what was told is another one: everything is dropped")
    func restored() async throws {
        try await Marketplace.open { market in
            let sink = Sink()
            let purge = Self.purge(market, sink)
            try await market.owner.execute("UPDATE purge_progress SET position = 5000, asked = 5000")
            #expect(try await purge.ask(market.client, in: market.queue))
            try await purge.run(in: market.queue)
            #expect(try sink.calls.map { try $0.json["data"]?["everything"] } == [true])
            #expect(try await !purge.ask(market.client, in: market.queue))
        }
    }

    @Test("The signature is that of the Standard Webhooks specification’s own example")
    func signature() {
        let settings = PurgeSettings(
            origin: "https://cache.example", path: "", form: .webhook,
            secret: Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signed = PurgeCall(settings: settings).credentials(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", Array(#"{"test": 2432232314}"#.utf8),
            at: Date(timeIntervalSince1970: 1_614_265_330))
        #expect(
            signed == [
                OutboundHeader("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                OutboundHeader("webhook-timestamp", "1614265330"),
                OutboundHeader("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ])
    }

    @Test("Fastly and Cloudflare are asked as they want it")
    func forms() throws {
        let keys: Purge = .keys([.products, .product("prd_1")])
        let fastly = PurgeCall(settings: Self.settings(.fastly))
        let some = fastly.request(keys, id: "1", at: Date())
        #expect(some.path == "/purge/purge")
        #expect(try JSONValue(parsing: some.body) == ["surrogate_keys": ["products", "products/prd_1"]])
        #expect(some.headers.contains(OutboundHeader("Fastly-Key", "token")))
        #expect(fastly.request(.everything, id: "1", at: Date()).path == "/purge/purge_all")
        let cloudflare = PurgeCall(settings: Self.settings(.cloudflare))
        let tagged = cloudflare.request(keys, id: "1", at: Date())
        #expect(tagged.path == "/purge")
        #expect(try JSONValue(parsing: tagged.body) == ["tags": ["products", "products/prd_1"]])
        #expect(tagged.headers.contains(OutboundHeader("Authorization", "Bearer token")))
        let all = cloudflare.request(.everything, id: "1", at: Date())
        #expect(try JSONValue(parsing: all.body) == ["purge_everything": true])
    }
}

/// A cache that notes what it is told.
private final class Sink: OutboundTransport {
    struct Call: Sendable {
        let url: String
        let headers: [OutboundHeader]
        let body: [UInt8]

        var json: JSONValue {
            get throws { try JSONValue(parsing: body) }
        }

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    }

    private let state: Mutex<(status: Int, calls: [Call])>

    init(status: Int = 200) { state = Mutex((status, [])) }

    var calls: [Call] { state.withLock(\.calls) }

    func answer(with status: Int) { state.withLock { $0.status = status } }

    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        state.withLock { state in
            state.calls.append(Call(url: url, headers: headers, body: body))
            return OutboundResponse(status: state.status)
        }
    }
}
