import FaultHarness
import Foundation
import Postgres
import Testing

/// What the database is asked for, from the order to the mails.
@Suite("What a purchase costs", .serialized, .timeLimit(.minutes(10)))
struct CostTests {
    private static let purchases = 60
    /// A busy machine's purchases take longer, and have more of what goes by the clock: it is mostly transactions of one statement.
    /// The table in the README says what came with what.
    private static let (mostTransactions, mostStatements) = (12 * 1.25, 45.0)
    /// What docs/settings.md tells operators to subscribe to, as far as a payment brings it about.
    private static let subscribed = ["checkout.session.completed"]

    @Test("A whole purchase takes no more transactions and statements than it did")
    func purchase() async throws {
        try await Stage.shared.withMarketplace("cost", startsWorker: true) { marketplace in
            try await marketplace.database.execute("CREATE EXTENSION pg_stat_statements")
            let offer = try await marketplace.shop.offer(keys: 200)
            try await marketplace.stripe.setWebhooks(types: Self.subscribed)
            let traffic = Traffic(in: marketplace)
            var orders = [try await traffic.purchase(offer)]
            try await expectIntact(marketplace, paid: orders)
            let cost = try await Meter.measure(marketplace) {
                orders += try await traffic.purchases(Self.purchases, of: offer, concurrency: 4)
                try await Task.sleep(for: .seconds(5))
            }
            try await expectIntact(marketplace, paid: orders)
            let (transactions, statements) = (
                cost.transactions / Double(Self.purchases), cost.statements / Double(Self.purchases)
            )
            #expect(transactions <= Self.mostTransactions, "\(transactions) transactions")
            #expect(statements <= Self.mostStatements, "\(statements) statements: \(cost.listing(per: Self.purchases))")
        }
    }
}

/// What a database has done for somebody, beyond what it does when nobody comes.
private struct Meter {
    let transactions: Double
    let statements: Double
    private let calls: [String: Double]

    static func measure(_ marketplace: Marketplace, _ body: () async throws -> Void) async throws -> Meter {
        let (work, time) = try await change(marketplace, during: body)
        let (idle, idleTime) = try await change(marketplace) { try await Task.sleep(for: .seconds(10)) }
        let share = time / idleTime
        return Meter(
            transactions: work.transactions - idle.transactions * share,
            statements: work.statements - idle.statements * share,
            calls: work.calls.merging(idle.calls.mapValues { -$0 * share }, uniquingKeysWith: +))
    }

    /// What gives events and audit entries their places takes a few statements for each quarter of a second in which there were any,
    /// however many there were.
    private static let ofTurns = [
        "event_positions", "pg_try_advisory_xact_lock", "end_sequence", "link_signature = links", "pg_notify",
    ]

    private static func isOfTurn(_ query: String) -> Bool { ofTurns.contains { query.contains($0) } }

    /// The statements that came with a purchase at least every other time, the most frequent first.
    func listing(per count: Int) -> String {
        calls.mapValues { $0 / Double(count) }.filter { $0.value > 0.4 }.sorted { $0.value > $1.value }
            .map { "\n\(($0.value * 10).rounded() / 10)\t\($0.key.replacing("\n", with: " ").prefix(140))" }.joined()
    }

    private static func change(
        _ marketplace: Marketplace, during body: () async throws -> Void
    ) async throws -> (Meter, seconds: Double) {
        let (began, before) = (ContinuousClock.now, try await reading(marketplace))
        try await body()
        // Backends tell what they did within a second of having done it.
        try await Task.sleep(for: .seconds(2))
        let after = try await reading(marketplace)
        let seconds = began.duration(to: .now) / .seconds(1)
        return (
            Meter(
                transactions: after.transactions - before.transactions,
                statements: after.statements - before.statements,
                calls: after.calls.merging(before.calls) { $0 - $1 }), seconds
        )
    }

    private static func reading(_ marketplace: Marketplace) async throws -> Meter {
        try await marketplace.look { database in
            let transactions = try await database.queryValue(
                "SELECT xact_commit::float8 FROM pg_stat_database WHERE datname = current_database()", as: Double.self)
            let calls = try await database.query(
                """
                SELECT query, sum(calls)::float8 FROM pg_stat_statements JOIN pg_database ON oid = dbid
                WHERE datname = current_database() AND query !~ '^(BEGIN|COMMIT|ROLLBACK|DEALLOCATE)|pg_stat' GROUP BY query
                """, columns: (String, Double).self)
            let own = calls.filter { !isOfTurn($0.0) }
            return Meter(
                transactions: transactions ?? 0, statements: own.reduce(0) { $0 + $1.1 },
                calls: Dictionary(uniqueKeysWithValues: own))
        }
    }
}
