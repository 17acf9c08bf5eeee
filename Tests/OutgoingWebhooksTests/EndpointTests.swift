import CommerceTestSupport
import Core
import Foundation
import Identity
import Orders
import Payments
import Postgres
import Testing
import Vault
import Vendors

@testable import OutgoingWebhooks

@Suite("Webhook endpoints", .timeLimit(.minutes(3)))
struct EndpointTests {
    @Test("The signature is that of the Standard Webhooks specification’s own example")
    func vector() throws {
        let key = try #require(WebhookSigningKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = key.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(key.text.reveal() == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        for text in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_%%%"] {
            #expect(WebhookSigningKey(text) == nil)
        }
        var generator = SystemRandomNumberGenerator()
        let (one, other) = (WebhookSigningKey(using: &generator), WebhookSigningKey(using: &generator))
        #expect(one.bytes.count == 32 && one.bytes != other.bytes)
        #expect("\(one)" == "[signing key]")
    }

    @Test(
        "While a receiver changes over to a new secret, messages are signed with both, and then with the new one alone")
    func rotation() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/")
                let id = made.endpoint.id
                market.clock.advance(by: 1)
                let new = try await market.work {
                    try await hooks.keep.rotateSecret(of: id, overlapHours: 2, by: .system, in: $0)
                }
                #expect(new.secret.reveal() != made.secret.reveal())
                try await Self.test(id, hooks)
                market.clock.advance(by: 7_200)
                try await Self.test(id, hooks)
                let (both, alone) = (receiver.messages[0], receiver.messages[1])
                #expect(both.signatures.count == 2)
                #expect(both.isSigned(with: made.secret) && both.isSigned(with: new.secret))
                #expect(alone.signatures.count == 1)
                #expect(!alone.isSigned(with: made.secret) && alone.isSigned(with: new.secret))
                let details = try await hooks.current(id)
                #expect(details.secrets.count == 1 && details.secrets[0].expiresAt == nil)
                let last = try await market.work {
                    try await hooks.keep.rotateSecret(of: id, overlapHours: 0, by: .system, in: $0)
                }
                try await Self.test(id, hooks)
                #expect(receiver.messages[2].signatures.count == 1 && receiver.messages[2].isSigned(with: last.secret))
            }
        }
    }

    private static func test(_ id: ID<WebhookEndpoint>, _ hooks: Hooks) async throws {
        _ = try await hooks.market.work { try await hooks.again.test(id, by: .system, in: $0) }
        try await hooks.settle()
    }

    @Test("A test tells of nothing, and reaches also who wants to know nothing else")
    func testing() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPaid.name])
                try await Self.test(made.endpoint.id, hooks)
                let message = try #require(receiver.messages.first)
                #expect(try message.json["type"] == "webhook.test")
                #expect(try message.json["data"] == ["endpoint_id": .string(made.endpoint.id.description)])
            }
        }
    }

    @Test("A secret is sealed at rest, and sealed anew under another key it still signs")
    func resealed() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/")
                let key = try #require(WebhookSigningKey(made.secret.reveal()))
                let sealed = try #require(
                    try await market.client.queryValue("SELECT secret FROM webhook_endpoint_secrets", as: [UInt8].self))
                #expect(!sealed.contains(subsequence: key.bytes))
                let scope = WebhookSecretVault.scope
                _ = try await market.work {
                    try await RetireDataKeys(audit: market.audit)(
                        of: scope, madeBefore: Date() + 60, by: .system, in: $0)
                }
                let count = try await ResealWebhookSecrets(vault: market.vault, audit: market.audit)(
                    of: scope, by: .system, batch: 10, in: market.queue)
                #expect(count == 1)
                try await Self.test(made.endpoint.id, hooks)
                #expect(receiver.messages[0].isSigned(with: made.secret))
            }
        }
    }

    @Test("What is not acceptable is refused, field by field")
    func refused() async throws {
        try await Marketplace.open { market in
            let hooks = Hooks(market)
            let vendor = try await market.vendor()
            let wrong: [(Vendor?, [String], String)] = [
                (nil, ["order.eaten"], "unknown"), (vendor, [PaymentCaptured.name], "not_for_vendors"),
                (nil, [OrderPaid.name, OrderPaid.name], "duplicate"),
            ]
            for (owner, types, code) in wrong {
                let problem = await #expect(throws: Problem.self) {
                    try await hooks.endpoint(at: "https://hooks.example/", of: owner, telling: types)
                }
                #expect(problem?.fields.first?.code == code)
            }
            for _ in 0..<WebhookEndpoint.mostPerOwner {
                _ = try await hooks.endpoint(at: "https://hooks.example/", of: vendor)
            }
            await #expect(throws: Problem.self) {
                try await hooks.endpoint(at: "https://hooks.example/", of: vendor)
            }
            _ = try await hooks.endpoint(at: "https://hooks.example/")
        }
    }

    @Test("A vendor is told of its own part of an order alone, and sees and changes nothing of another’s")
    func visibility() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let (one, other) = (try await market.vendor(), try await market.vendor(named: "Karim Toys"))
                let (ours, theirs) = (Hooks.owner(of: one), Hooks.owner(of: other))
                let base = "http://127.0.0.1:\(port)"
                let first = try await hooks.endpoint(at: "\(base)/one", by: ours)
                let second = try await hooks.endpoint(at: "\(base)/other", by: theirs)
                _ = try await hooks.endpoint(at: "\(base)/all", telling: [OrderPaid.name])
                #expect(first.endpoint.vendor == one.id && second.endpoint.vendor == other.id)
                let (book, toy) = (
                    try await market.goods(units: 5, vendor: one),
                    try await market.goods(units: 5, sku: "TOY", vendor: other)
                )
                let order = try await market.place((book, 1), (toy, 1)).order
                _ = try await market.pay(order.id)
                let alone = try await market.place((toy, 1)).order
                _ = try await market.pay(alone.id)
                try await hooks.settle()
                let paid = try receiver.messages.filter { try $0.json["type"] == "order.paid" }
                #expect(paid.filter { $0.path == "/all" }.count == 2)
                #expect(paid.filter { $0.path == "/other" }.count == 2)
                let own = try #require(paid.first { $0.path == "/one" })
                #expect(paid.filter { $0.path == "/one" }.count == 1)
                let data = try #require(try own.json["data"]?.objectValue)
                #expect(Set(data.keys) == ["order_id", "vendor_id", "vendor_order_id"])
                #expect(data["vendor_id"] == .string(one.id.description))
                for message in receiver.messages where message.path == "/one" {
                    #expect(!String(decoding: message.body, as: UTF8.self).contains(other.id.description))
                }
                try await Self.checkApart(first.endpoint, from: theirs, hooks)
            }
        }
    }

    private static func checkApart(
        _ endpoint: WebhookEndpoint, from stranger: Principal, _ hooks: Hooks
    ) async throws {
        let (client, reach) = (hooks.market.client, stranger.visibility)
        let store = WebhookEndpointStore()
        #expect(try await store.endpoint(endpoint.id, visibleTo: reach, in: client) == nil)
        let listed = try await store.endpoints(page: PageRequest(), visibleTo: reach, in: client).items
        #expect(listed.count == 1 && listed.allSatisfy { $0.vendor?.uuid == reach.subject })
        let delivery = try #require(try await hooks.deliveries(to: endpoint.id).first)
        #expect(try await WebhookDeliveryStore().details(delivery.id, visibleTo: reach, in: client) == nil)
        let market = hooks.market
        await #expect(throws: Problem.self) {
            try await market.work { try await hooks.again.replay(delivery.id, by: stranger, in: $0) }
        }
        await #expect(throws: Problem.self) {
            try await market.work { try await hooks.again.test(endpoint.id, by: stranger, in: $0) }
        }
        await #expect(throws: Problem.self) {
            try await market.work {
                try await hooks.keep.rotateSecret(of: endpoint.id, overlapHours: 0, by: stranger, in: $0)
            }
        }
        await #expect(throws: Problem.self) {
            try await market.work { try await hooks.keep.remove(endpoint.id, by: stranger, in: $0) }
        }
        let foreign = NewWebhookEndpoint(
            vendor: endpoint.vendor, terms: WebhookEndpointTerms(url: "https://hooks.example/"))
        await #expect(throws: Problem.self) {
            try await market.work { try await hooks.keep.create(foreign, by: stranger, in: $0) }
        }
    }

    @Test("Nothing goes to an endpoint that was removed, and nobody sees it any more")
    func removed() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPlaced.name])
                let book = try await market.goods(units: 2)
                _ = try await market.place((book, 1))
                let run = try #require(try await hooks.tell().first)
                try await market.work { try await hooks.keep.remove(made.endpoint.id, by: .system, in: $0) }
                try await hooks.run(run)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                #expect(receiver.messages.isEmpty)
                let store = WebhookEndpointStore()
                #expect(
                    try await store.endpoint(made.endpoint.id, visibleTo: .everything, in: market.client) == nil)
                #expect(
                    try await market.client.queryValue("SELECT count(*) FROM webhook_endpoint_secrets", as: Int.self)
                        == 0)
            }
        }
    }
}

extension [UInt8] {
    fileprivate func contains(subsequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: subsequence) }
    }
}
