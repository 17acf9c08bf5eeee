import CommerceTestSupport
import Core
import Foundation
import Identity
import Orders
import Postgres
import Synchronization
import Testing

@testable import Jobs
@testable import OutgoingWebhooks

@Suite("Webhooks that leave the house", .timeLimit(.minutes(3)))
struct DeliveryTests {
    @Test("A receiver is told what it wants to know, signed as the specification has it, and only once")
    func delivered() async throws {
        try await Marketplace.open { market in
            try await Receiver.run({ _ in .status(200, body: "thanks\u{0}") }) { receiver, port in
                let hooks = Hooks(market)
                let url = "http://127.0.0.1:\(port)/hooks?of=haat"
                let made = try await hooks.endpoint(at: url, telling: [OrderPaid.name])
                let book = try await market.goods(units: 3)
                let order = try await market.place((book, 1)).order
                _ = try await market.pay(order.id)
                try await hooks.settle()
                let message = try #require(receiver.messages.first)
                #expect(receiver.messages.count == 1 && message.path == "/hooks?of=haat")
                #expect(message.headers["content-type"] == "application/json")
                #expect(message.isSigned(with: made.secret) && message.signatures.count == 1)
                #expect(message.seconds == market.clock.now.secondsSince1970)
                #expect(message.id.hasPrefix("evt_"))
                #expect(try message.json["type"] == "order.paid")
                #expect(try message.json["data"]?["order_id"] == .string(order.id.description))
                let delivery = try #require(try await hooks.deliveries(to: made.endpoint.id).first)
                #expect(delivery.state == .delivered && delivery.attempts == 1)
                #expect(Array(delivery.body.utf8) == message.body)
                let attempt = try #require(try await hooks.attempts(of: delivery.id).first)
                #expect(attempt.status == 200 && attempt.answer == "thanks\u{FFFD}" && attempt.error == nil)
                #expect(try await hooks.current(made.endpoint.id).health.lastDeliveredAt == market.clock.now)
                #expect(try await hooks.tell().isEmpty)
            }
        }
    }

    @Test("What is not taken comes again by the schedule, under the same id, until it is given up")
    func retries() async throws {
        try await Marketplace.open { market in
            try await Receiver.run({ _ in .status(500, body: "no") }) { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPlaced.name])
                let book = try await market.goods(units: 1)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                #expect(receiver.messages.count == 1)
                for (count, delay) in WebhookSchedule.delays.enumerated() {
                    let seconds = delay / .seconds(1)
                    market.clock.advance(by: seconds)
                    try await hooks.settle()
                    #expect(receiver.messages.count == count + 1, "half of the jitter is still to come")
                    market.clock.advance(by: seconds * 0.1 + 0.001)
                    try await hooks.settle()
                    #expect(receiver.messages.count == count + 2)
                }
                #expect(Set(receiver.messages.map(\.id)).count == 1)
                #expect(receiver.messages.allSatisfy { $0.isSigned(with: made.secret) })
                let delivery = try #require(try await hooks.deliveries(to: made.endpoint.id).first)
                #expect(delivery.state == .failed && delivery.attempts == 10)
                #expect(try await hooks.attempts(of: delivery.id).map(\.number) == Array((1...10).reversed()))
                market.clock.advance(by: 100_000)
                #expect(try await hooks.tell().isEmpty)
            }
        }
    }

    @Test("A receiver that asks for time gets it, for all that is for it")
    func retryAfter() async throws {
        try await Marketplace.open { market in
            let isBusy = Mutex(true)
            try await Receiver.run({ _ in
                isBusy.withLock { $0 } ? .status(503, headers: ["Retry-After": "120"]) : .status(200)
            }) { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPlaced.name])
                let book = try await market.goods(units: 2)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                isBusy.withLock { $0 = false }
                _ = try await market.place((book, 1))
                market.clock.advance(by: 119)
                try await hooks.settle()
                #expect(receiver.messages.count == 1)
                market.clock.advance(by: 1.001)
                try await hooks.settle()
                #expect(receiver.messages.count == 3)
                #expect(try await hooks.deliveries(to: made.endpoint.id, in: .delivered).count == 2)
            }
        }
    }

    @Test("A redirect is not followed, and who says 410 is not called again; its owner is told")
    func gone() async throws {
        try await Marketplace.open { market in
            try await Receiver.run({ message in
                message.path == "/moved" ? .status(307, headers: ["Location": "/elsewhere"]) : .status(410)
            }) { receiver, port in
                let hooks = Hooks(market)
                let vendor = try await market.vendor()
                let moved = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/moved", telling: [OrderPlaced.name])
                let gone = try await hooks.endpoint(
                    at: "http://127.0.0.1:\(port)/gone", of: vendor, telling: [OrderPlaced.name])
                let book = try await market.goods(units: 2, vendor: vendor)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                #expect(receiver.messages.map(\.path).sorted() == ["/gone", "/moved"])
                #expect(try await hooks.current(moved.endpoint.id).endpoint.disabling == nil)
                #expect(try await hooks.deliveries(to: moved.endpoint.id, in: .pending).count == 1)
                #expect(try await hooks.current(gone.endpoint.id).endpoint.disabling?.reason == .gone)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                #expect(receiver.messages.filter { $0.path == "/gone" }.count == 1)
                #expect(
                    try await market.client.queryValue(
                        "SELECT count(*) FROM jobs WHERE kind = 'notifications.webhook_disabled'", as: Int.self) == 1)
            }
        }
    }

    @Test("After five days in which it took nothing an endpoint is disabled; enabled again it gets what waited")
    func disabled() async throws {
        try await Marketplace.open { market in
            let isWell = Mutex(false)
            try await Receiver.run({ _ in isWell.withLock { $0 } ? .status(200) : .status(500) }) { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPlaced.name])
                let book = try await market.goods(units: 9)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                market.clock.advance(by: 4 * 86_400)
                try await hooks.settle()
                #expect(try await hooks.current(made.endpoint.id).endpoint.disabling == nil)
                market.clock.advance(by: 86_401)
                try await hooks.settle()
                #expect(try await hooks.current(made.endpoint.id).endpoint.disabling?.reason == .failing)
                let calls = receiver.messages.count
                market.clock.advance(by: 86_400)
                try await hooks.settle()
                #expect(receiver.messages.count == calls)
                await #expect(throws: Problem.self) {
                    try await market.work { try await hooks.again.test(made.endpoint.id, by: .system, in: $0) }
                }
                isWell.withLock { $0 = true }
                _ = try await market.work { try await hooks.keep.enable(made.endpoint.id, by: .system, in: $0) }
                try await hooks.settle()
                #expect(try await hooks.deliveries(to: made.endpoint.id, in: .delivered).count == 1)
                #expect(try await hooks.current(made.endpoint.id).health.failingSince == nil)
            }
        }
    }

    @Test(
        "A worker that dies between a call and its record makes one more call under the same id, and no second record")
    func killed() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                let made = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPlaced.name])
                let book = try await market.goods(units: 1)
                _ = try await market.place((book, 1))
                let run = try #require(try await hooks.tell().first)
                await #expect(throws: DyingClaim.Death.self) {
                    try await hooks.run(run, in: DyingClaim(queue: market.queue))
                }
                #expect(receiver.messages.count == 1)
                #expect(try await hooks.deliveries(to: made.endpoint.id, in: .pending).count == 1)
                try await hooks.settle()
                #expect(receiver.messages.count == 2 && Set(receiver.messages.map(\.id)).count == 1)
                let delivery = try #require(try await hooks.deliveries(to: made.endpoint.id, in: .delivered).first)
                #expect(try await hooks.attempts(of: delivery.id).count == 1)
            }
        }
    }

    @Test("A run that was taken over does nothing any more")
    func takenOver() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                _ = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPlaced.name])
                let book = try await market.goods(units: 1)
                _ = try await market.place((book, 1))
                let lost = try #require(try await hooks.tell().first)
                market.clock.advance(by: 601)
                let runs = try await hooks.tell()
                #expect(runs.count == 2)
                try await hooks.run(lost)
                #expect(receiver.messages.isEmpty)
                try await hooks.settle()
                #expect(receiver.messages.count == 1)
            }
        }
    }

    @Test("A feed that ends before what was told is followed from its end on")
    func restored() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let hooks = Hooks(market)
                _ = try await hooks.endpoint(at: "http://127.0.0.1:\(port)/", telling: [OrderPlaced.name])
                let book = try await market.goods(units: 2)
                _ = try await market.place((book, 1))
                try await market.owner.execute("UPDATE webhook_progress SET position = 5000")
                try await hooks.settle()
                #expect(receiver.messages.isEmpty)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                #expect(receiver.messages.count == 1)
            }
        }
    }
}
