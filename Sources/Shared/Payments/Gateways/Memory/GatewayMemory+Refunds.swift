import Core
import Foundation
import Postgres

/// A refund that a provider without idempotency keys is asked for, or was.
struct RefundRequest: Sendable, PostgresRowDecodable {
    enum State: String, Sendable {
        /// Asked for, and nothing is known of the end.
        case open
        case answered
        /// Nothing came of it.
        case refused
    }

    let refundID: ID<Refund>
    /// The provider's id of what is refunded.
    let transaction: String
    let amount: Int64
    /// The provider's refunds of the transaction that there were before.
    let known: [String]
    let state: State
    /// The provider's id of the refund.
    let reference: String?
    let requestedAt: Date

    init(refundID: ID<Refund>, transaction: String, amount: Int64, known: [String], requestedAt: Date) {
        self.refundID = refundID
        self.transaction = transaction
        self.amount = amount
        self.known = known
        state = .open
        reference = nil
        self.requestedAt = requestedAt
    }

    init(row: borrowing PostgresRow) throws(PostgresError) {
        refundID = try row.decode("refund_id")
        transaction = try row.decode("transaction_reference")
        amount = try row.decode("amount_minor")
        known = try row.decode("known")
        let word: String = try row.decode("state")
        guard let state = State(rawValue: word) else { throw .decoding("\(word) is not a request's state") }
        self.state = state
        reference = try row.decode("reference")
        requestedAt = try row.decode("requested_at")
    }
}

/// Whether a refund may be asked for now.
enum RefundTurn: Sendable {
    /// For the first time, or anew after a refusal.
    case first
    /// It was asked for before, and the answer did not come or was not kept.
    case again(RefundRequest)
    /// Another refund of the transaction has no end yet.
    case busy(ID<Refund>)
}

extension GatewayMemory {
    private static let columns = "refund_id, transaction_reference, amount_minor, known, state, reference, requested_at"
    /// A transaction has ten at most at any provider.
    private static let limit = 100

    /// Notes that a refund is about to be asked for.
    func begin(_ request: RefundRequest, at gateway: GatewayName) async throws -> RefundTurn {
        try await postgres.withTransaction { work in
            let isNoted = try await work.execute(
                """
                INSERT INTO gateway_refund_requests
                    (gateway, refund_id, transaction_reference, amount_minor, known, state, requested_at)
                VALUES (\(gateway.rawValue), \(request.refundID), \(request.transaction), \(request.amount), \(request.known),
                    'open', \(request.requestedAt))
                ON CONFLICT DO NOTHING
                """)
            if isNoted == 1 { return .first }
            let own = try await work.queryOne(
                """
                SELECT \(unescaped: Self.columns) FROM gateway_refund_requests
                WHERE gateway = \(gateway.rawValue) AND refund_id = \(request.refundID) FOR UPDATE
                """, as: RefundRequest.self)
            if let own, own.state != .refused { return .again(own) }
            let other = try await work.queryValue(
                """
                SELECT refund_id FROM gateway_refund_requests
                WHERE gateway = \(gateway.rawValue) AND transaction_reference = \(request.transaction) AND state = 'open'
                """, as: ID<Refund>.self)
            if let other { return .busy(other) }
            // The other one has just ended.
            guard own != nil else { return .busy(request.refundID) }
            try await reopen(request, at: gateway, in: work)
            return .first
        }
    }

    /// Asks once more for what has had no effect.
    func reopen(_ request: RefundRequest, at gateway: GatewayName) async throws {
        try await postgres.withTransaction { try await reopen(request, at: gateway, in: $0) }
    }

    private func reopen(
        _ request: RefundRequest, at gateway: GatewayName, in work: some PostgresExecutor
    ) async throws {
        try await work.execute(
            """
            UPDATE gateway_refund_requests SET state = 'open', reference = NULL, known = \(request.known),
                requested_at = \(request.requestedAt)
            WHERE gateway = \(gateway.rawValue) AND refund_id = \(request.refundID)
            """)
    }

    /// - Parameter reference: the provider's id of the refund; nil where nothing came of it.
    func end(_ refund: ID<Refund>, as reference: String?, at gateway: GatewayName) async throws {
        let state: RefundRequest.State = reference == nil ? .refused : .answered
        try await postgres.execute(
            """
            UPDATE gateway_refund_requests SET state = \(state.rawValue), reference = \(reference)
            WHERE gateway = \(gateway.rawValue) AND refund_id = \(refund)
            """)
    }

    /// What was asked for of a transaction, oldest first.
    func refundRequests(of transaction: String, at gateway: GatewayName) async throws -> [RefundRequest] {
        try await postgres.query(
            """
            SELECT \(unescaped: Self.columns) FROM gateway_refund_requests
            WHERE gateway = \(gateway.rawValue) AND transaction_reference = \(transaction)
            ORDER BY requested_at LIMIT \(Int64(Self.limit))
            """, as: RefundRequest.self)
    }
}
