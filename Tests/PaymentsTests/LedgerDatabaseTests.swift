import CommerceTestSupport
import Core
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Payments

@Suite("The ledger as the database keeps it")
struct LedgerDatabaseTests {
    @Test(
        "No entry, booking or account can be changed, deleted or truncated, not even by a superuser",
        arguments: [
            "UPDATE ledger_entries SET amount_minor = amount_minor + 1", "DELETE FROM ledger_entries",
            "TRUNCATE ledger_entries",
            "UPDATE ledger_transactions SET kind = 'x'", "DELETE FROM ledger_transactions",
            "TRUNCATE ledger_transactions CASCADE", "UPDATE ledger_accounts SET kind = 'asset'",
            "DELETE FROM gateway_calls",
        ])
    func immutable(statement: String) async throws {
        try await Till.open { till in
            _ = try await till.captured()
            let error = await #expect(throws: PostgresError.self) {
                try await till.owner.execute(PostgresStatement(sql: statement))
            }
            #expect(error?.sqlState == "42501")
        }
    }

    @Test("A booking out of balance is refused, by currency, also where it is only a header")
    func unbalanced() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let bookings: [[(Int64, String)]] = [
                [(5, "BDT")], [(5, "BDT"), (-4, "BDT")], [(5, "BDT"), (-5, "USD")], [],
            ]
            for lines in bookings {
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await till.insert(lines, for: payment, in: till.client)
                }
                #expect(error?.sqlState == "23514", "\(lines)")
            }
            _ = try await till.insert([(5, "BDT"), (-5, "BDT")], for: payment, in: till.client)
        }
    }

    @Test("Nothing can be added to a booking of the same transaction that takes it out of balance")
    func addedLater() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let error = await #expect(throws: PostgresError.self) {
                try await till.client.withTransaction { transaction in
                    let id = try await till.insert([(5, "BDT"), (-5, "BDT")], for: payment, in: transaction)
                    try await till.insert([(7, "BDT")], into: id, in: transaction)
                }
            }
            #expect(error?.sqlState == "23514")
        }
    }

    @Test("Nothing can be added to a booking of an earlier transaction, not even in balance")
    func closed() async throws {
        try await Till.open { till in
            _ = try await till.captured()
            let id = try #require(
                try await till.client.queryValue("SELECT id FROM ledger_transactions", as: UUID.self))
            let error = await #expect(throws: PostgresError.self) {
                try await till.insert([(5, "BDT"), (-5, "BDT")], into: id, in: till.client)
            }
            #expect(error?.sqlState == "23001")
        }
    }

    @Test("The same booking is made once, however many try at the same time")
    func once() async throws {
        try await Till.open(connections: 8) { till in
            let payment = try await till.captured()
            let posting = LedgerPosting.unclaimedCapture(of: payment.amount, through: .stripe)
            try await withThrowingTaskGroup { group in
                for _ in 0..<16 {
                    group.addTask {
                        try await till.client.withTransaction { transaction in
                            try await till.book.ledger.record(
                                posting, kind: .refund, subject: "again", of: payment, at: Date(),
                                in: transaction)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let bookings = try await till.client.queryValue(
                "SELECT count(*) FROM ledger_transactions WHERE kind = 'refund' AND subject = 'again'", as: Int.self)
            #expect(bookings == 1)
            let entries = try await till.client.queryValue(
                """
                SELECT count(*) FROM ledger_entries JOIN ledger_transactions AS booking ON booking.id = transaction_id
                WHERE subject = 'again'
                """, as: Int.self)
            #expect(entries == 2)
            #expect(try await till.imbalance() == 0)
        }
    }

    /// As the plans are that a session made while there was hardly anything: nothing tells it that the tables have grown.
    private static let grown = """
        SET session_replication_role = replica;
        INSERT INTO ledger_transactions (id, kind, subject, payment_id, order_id, recorded_at, recorded_in)
        SELECT gen_random_uuid(), kind, 'filler-' || n, payment_id, order_id, recorded_at, recorded_in
        FROM ledger_transactions, generate_series(1, 20000) AS n;
        INSERT INTO ledger_entries (transaction_id, line, account_id, amount_minor, currency)
        SELECT booking.id, line, (SELECT id FROM ledger_accounts LIMIT 1), amount, 'BDT'
        FROM ledger_transactions AS booking, (VALUES (1, 5), (2, -5)) AS entry (line, amount)
        WHERE subject LIKE 'filler-%';
        """

    @Test("Checking a booking reads its own entries, however many have come meanwhile")
    func reading() async throws {
        try await Till.open(connections: 1) { till in
            let payment = try await till.captured()
            _ = try await till.insert([(5, "BDT"), (-5, "BDT")], for: payment, in: till.client)
            try await till.owner.withConnection(unlimited: true) { try await $0.runScript(Self.grown) }
            let read = try await till.client.withTransaction { transaction in
                _ = try await till.insert([(5, "BDT"), (-5, "BDT")], for: payment, in: transaction)
                return try await RowsRead(in: transaction)
            }
            // What the session read before and has not told of yet is other tables'.
            let ofLedger = read.byTable.filter { $0.key.hasPrefix("ledger_") }.values.reduce(0, +)
            #expect((1..<200).contains(ofLedger), "\(read)")
        }
    }
}

extension Till {
    fileprivate func insert(
        _ lines: [(Int64, String)], for payment: Payment, in executor: some PostgresExecutor
    ) async throws -> UUID {
        let id = market.ids.next()
        try await executor.execute(
            """
            WITH booking AS (
                INSERT INTO ledger_transactions (id, kind, subject, payment_id, order_id, recorded_at)
                VALUES (\(id), 'refund', \(id.uuidString), \(payment.id), \(payment.orderID), now())
                RETURNING id
            )
            INSERT INTO ledger_entries (transaction_id, line, account_id, amount_minor, currency)
            SELECT booking.id, line, (SELECT id FROM ledger_accounts ORDER BY code LIMIT 1), amount, currency
            FROM booking, unnest(\(lines.map(\.0))::int8[], \(lines.map(\.1))::text[])
                WITH ORDINALITY AS input (amount, currency, line)
            """)
        return id
    }

    fileprivate func insert(
        _ lines: [(Int64, String)], into booking: UUID, in executor: some PostgresExecutor
    ) async throws {
        try await executor.execute(
            """
            INSERT INTO ledger_entries (transaction_id, line, account_id, amount_minor, currency)
            SELECT \(booking), 10 + line, (SELECT id FROM ledger_accounts ORDER BY code LIMIT 1), amount, currency
            FROM unnest(\(lines.map(\.0))::int8[], \(lines.map(\.1))::text[])
                WITH ORDINALITY AS input (amount, currency, line)
            """)
    }
}
