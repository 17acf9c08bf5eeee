import FaultHarness
import Foundation
import Postgres
import Testing

/// Somebody else can write to Redis. What PostgreSQL has not recorded is not run, and what is done stays done.
@Suite("Redis in strange hands", .timeLimit(.minutes(10)))
struct HostileRedisTests {
    private static let queues = [
        "webhooks", "delivery", "email", "payments", "orders", "sms", "documents", "search", "imports", "pictures",
        "caches",
        "maintenance",
    ]

    private static func newID() -> String { UUID().uuidString.lowercased() }

    /// - Parameter contents: instead of those that the entry has.
    private static func plant(
        _ entry: String, _ contents: String? = nil, in queue: String, of marketplace: Marketplace
    ) async throws {
        if let contents {
            try await marketplace.redisConsole.tamper("HSET", "haat:{\(queue)}:envelopes", entry, contents)
        }
        try await marketplace.redisConsole.tamper("LPUSH", "haat:{\(queue)}:ready", entry)
    }

    @Test("No entry of a list ends a worker, and keys are delivered beside it")
    func poison() async throws {
        try await Stage.shared.withMarketplace("poison") { marketplace in
            let offer = try await marketplace.shop.offer(keys: 10)
            try await marketplace.worker.start()
            for queue in Self.queues {
                for attempt in ["99999999999", "2147483648", "9223372036854775807", "-1", "2147483647"] {
                    try await Self.plant("\(Self.newID()):\(attempt)", in: queue, of: marketplace)
                    try await Self.plant(
                        "\(Self.newID()):\(attempt)", "webhooks.process\n\n{}", in: queue, of: marketplace)
                }
                let recovered = "\(Self.newID()):0"
                try await marketplace.redisConsole.tamper(
                    "HSET", "haat:{\(queue)}:recovered", recovered, "99999999999999999999")
                try await Self.plant(recovered, in: queue, of: marketplace)
            }
            let orders = try await Traffic(in: marketplace).purchases(3, of: offer)
            try await expectIntact(marketplace, paid: orders)
            #expect(await marketplace.worker.deaths.isEmpty)
        }
    }

    @Test("Keys are mailed once, whatever is put into the queue of mails")
    func forgedMails() async throws {
        try await Stage.shared.withMarketplace("forged mails") { marketplace in
            let offer = try await marketplace.shop.offer(keys: 10)
            try await marketplace.worker.start()
            // The mails wait long enough for their own envelopes to be copied.
            try await marketplace.redisConsole.tamper("SET", "haat:{email}:paused", "1")
            let order = try await Traffic(in: marketplace).purchase(offer)
            let job = try await mailJob(of: order, in: marketplace)
            let isQueued = try await eventually(within: .seconds(30)) {
                try await marketplace.redisConsole.listLengths()["haat:{email}:ready"] == 2
            }
            #expect(isQueued)
            try await marketplace.redisConsole.tamper("COPY", "haat:{email}:envelopes", "stolen")
            try await marketplace.redisConsole.tamper("DEL", "haat:{email}:paused")
            try await expectIntact(marketplace, paid: [order])
            let mails = try await marketplace.stripe.inbox(of: order.email).count
            #expect(mails == 1)

            let forgery = "notifications.order_delivered\n\n{\"orderID\":\"\(order.id)\"}"
            for _ in 0..<5 {
                try await Self.plant("\(Self.newID()):0", forgery, in: "email", of: marketplace)
                try await Self.plant("\(job):0", forgery, in: "email", of: marketplace)
                try await Self.plant("\(job):1", forgery, in: "email", of: marketplace)
                try await marketplace.redisConsole.tamper("COPY", "stolen", "haat:{email}:envelopes", "REPLACE")
                try await Self.plant("\(job):0", in: "email", of: marketplace)
            }
            try await expectIntact(marketplace, paid: [order])
            #expect(try await marketplace.stripe.inbox(of: order.email).count == mails)
            #expect(await marketplace.worker.deaths.isEmpty)
        }
    }

    /// The job that mails an order's keys, once there is one.
    private func mailJob(of order: PlacedOrder, in marketplace: Marketplace) async throws -> String {
        var job: String?
        _ = try await eventually(within: .seconds(30)) {
            job = try await marketplace.look {
                try await $0.queryValue(
                    """
                    SELECT id::text FROM jobs
                    WHERE kind = 'notifications.order_delivered' AND payload->>'orderID' = \(order.id)
                    """, as: String.self)
            }
            return job != nil
        }
        return try #require(job)
    }
}
