import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Orders
import Postgres
import Synchronization
import Testing

@testable import OutgoingWebhooks

@Suite("Webhooks that are sent again on request", .timeLimit(.minutes(2)))
struct ReplayTests {
    @Test("One delivery is sent again under the id that the receiver knows, taken or given up")
    func one() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPlaced.name])
                let book = try await market.goods(units: 1)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                let delivery = try #require(try await hooks.deliveries(to: made.endpoint.id).first)
                let again = try await market.work { try await hooks.again.replay(delivery.id, by: .system, in: $0) }
                #expect(again.state == .pending && again.attempts == 1 && again.failures == 0)
                try await hooks.settle()
                #expect(receiver.messages.count == 2)
                #expect(receiver.messages[0].id == receiver.messages[1].id)
                #expect(receiver.messages[0].body == receiver.messages[1].body)
                #expect(try await hooks.attempts(of: delivery.id).map(\.number) == [2, 1])
            }
        }
    }

    @Test(
        "What happened within a time is sent again: what was missed while disabled, and what was not taken, once each")
    func span() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPlaced.name])
                let id = made.endpoint.id
                let book = try await market.goods(units: 9)
                let start = Date() - 60
                _ = try await market.place((book, 1))
                try await hooks.settle()
                _ = try await market.work { try await hooks.keep.disable(id, by: .system, in: $0) }
                for _ in 0..<2 { _ = try await market.place((book, 1)) }
                try await hooks.settle()
                #expect(receiver.messages.count == 1)
                _ = try await market.work { try await hooks.keep.enable(id, by: .system, in: $0) }
                try await Self.replay(WebhookReplay(since: start, until: Date() + 60), to: id, hooks)
                #expect(receiver.messages.count == 3 && Set(receiver.messages.map(\.id)).count == 3)
                try await Self.replay(WebhookReplay(since: start, until: Date() + 60), to: id, hooks)
                #expect(receiver.messages.count == 3)
                let all = WebhookReplay(since: start, until: Date() + 60, onlyUndelivered: false)
                try await Self.replay(all, to: id, hooks)
                #expect(receiver.messages.count == 6 && Set(receiver.messages.map(\.id)).count == 3)
                try await Self.replay(WebhookReplay(since: start - 120, until: start - 60), to: id, hooks)
                #expect(receiver.messages.count == 6)
            }
        }
    }

    private static func replay(_ span: WebhookReplay, to id: ID<WebhookEndpoint>, _ hooks: Hooks) async throws {
        _ = try await hooks.market.work { try await hooks.again.replay(span, to: id, by: .system, in: $0) }
        try await hooks.settle()
    }

    @Test("Many events are gone through step by step")
    func steps() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let book = try await market.goods(units: 1)
                try await hooks.settle()
                let count = SendWebhooksAgain.mostEvents + 50
                for _ in 0..<count {
                    let id = market.ids.next()
                    try await market.owner.execute(
                        """
                        INSERT INTO events (id, name, version, payload, position)
                        SELECT \(id), 'product.changed', 1, jsonb_build_object('product_id', \(book.product.description)::text,
                            'vendor_id', 'ven_x'), last + 1 FROM event_positions
                        """)
                    try await market.owner.execute("UPDATE event_positions SET last = last + 1")
                }
                try await hooks.settle()
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: ["product.changed"])
                let span = WebhookReplay(since: Date() - 300, until: Date() + 60)
                try await Self.replay(span, to: made.endpoint.id, hooks)
                #expect(receiver.messages.count >= count)
                #expect(Set(receiver.messages.map(\.id)).count == receiver.messages.count)
            }
        }
    }

    @Test(
        "A span has a beginning and an end that is not too far from it",
        arguments: [0, -1, 32 * 86_400] as [TimeInterval])
    func refused(length: TimeInterval) async throws {
        try await Marketplace.open { market in
            let hooks = Hooks(market)
            let made = try await hooks.endpoint(at: "https://hooks.example/")
            let start = Date(timeIntervalSince1970: 1_790_000_000)
            await #expect(throws: Problem.self) {
                try await market.work {
                    try await hooks.again.replay(
                        WebhookReplay(since: start, until: start + length), to: made.endpoint.id, by: .system, in: $0)
                }
            }
        }
    }
}
