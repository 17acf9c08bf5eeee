import Core
import Foundation
import Orders
import Payments
import Postgres
import Vendors

/// What captures and refunds of a plan's orders book, by the rules that the ledger has for all others. A booking and its entries are
/// written by one statement: the ledger takes nothing else.
struct SeedBookings {
    private let accounts: [String: UUID]
    private var ids: [UUID] = []
    private var kinds: [String] = []
    private var subjects: [String] = []
    private var payments: [UUID] = []
    private var orders: [UUID] = []
    private var times: [Date] = []
    private var entries: [UUID] = []
    private var lines: [Int32] = []
    private var owners: [UUID] = []
    private var amounts: [Int64] = []
    private var currencies: [String] = []

    /// Opens the accounts that the vendors' sales are booked on.
    init(of vendors: [SeedVendor], seed: UInt64, in session: PostgresSession) async throws(PostgresError) {
        let common: [LedgerAccount] = [.clearing(OrderRows.gateway), .commission, .shipping]
        let wanted = common + vendors.map { LedgerAccount.vendorPayable(vendor: "\($0.id)") }
        var draw = Draw(seed, .account, 0)
        let opened = vendors.map(\.createdAt).min() ?? Date(timeIntervalSince1970: 0)
        let rows = try await session.query(
            """
            SELECT code, ledger_account(code, kind, fresh) FROM unnest(\(wanted.map(\.code)), \(wanted.map(\.kind)),
                \(wanted.map { _ in draw.uuid(at: opened) })) AS wanted (code, kind, fresh)
            """, columns: (String, UUID).self)
        accounts = Dictionary(rows.map { ($0.0, $0.1) }, uniquingKeysWith: { $1 })
    }

    /// - Throws: `MoneyError`; `InvalidSeedPlan` for an account that was not opened.
    mutating func add(_ seed: SeedOrder, _ contents: OrderWithLines) throws {
        guard seed.fate.isPaid else { return }
        let total = contents.order.total
        let capture = try LedgerPosting.capture(of: total, for: contents, through: OrderRows.gateway)
        try add(capture, seed.booking, .capture, "\(seed.payment)", of: seed, at: seed.paidAt)
        guard let refund = seed.refund else { return }
        let posting = try LedgerPosting.refund(of: total, before: .zero(total.currency), capture: capture.lines)
        try add(posting, refund.booking, .refund, "\(refund.id)", of: seed, at: refund.at)
    }

    private mutating func add(
        _ posting: LedgerPosting, _ id: UUID, _ kind: LedgerTransactionKind, _ subject: String, of seed: SeedOrder,
        at time: Date
    ) throws {
        ids.append(id)
        kinds.append(kind.rawValue)
        subjects.append(subject)
        payments.append(seed.payment.uuid)
        orders.append(seed.id.uuid)
        times.append(time)
        for (index, line) in posting.lines.enumerated() {
            guard let account = accounts[line.account] else {
                throw InvalidSeedPlan(description: "the account \(line.account) was not opened")
            }
            entries.append(id)
            lines.append(Int32(index + 1))
            owners.append(account)
            amounts.append(line.amount)
            currencies.append(posting.currency.code)
        }
    }

    mutating func flush(to session: PostgresSession) async throws(PostgresError) {
        guard !ids.isEmpty else { return }
        try await session.execute(
            """
            WITH booking AS (
                INSERT INTO ledger_transactions (id, kind, subject, payment_id, order_id, recorded_at)
                SELECT * FROM unnest(\(ids), \(kinds), \(subjects), \(payments), \(orders), \(times))
                RETURNING id
            )
            INSERT INTO ledger_entries (transaction_id, line, account_id, amount_minor, currency)
            SELECT entry.* FROM unnest(\(entries), \(lines), \(owners), \(amounts), \(currencies))
                AS entry (booking, line, account, amount, currency) JOIN booking ON booking.id = entry.booking
            """)
        ids.removeAll(keepingCapacity: true)
        kinds.removeAll(keepingCapacity: true)
        subjects.removeAll(keepingCapacity: true)
        payments.removeAll(keepingCapacity: true)
        orders.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        owners.removeAll(keepingCapacity: true)
        amounts.removeAll(keepingCapacity: true)
        currencies.removeAll(keepingCapacity: true)
    }
}
