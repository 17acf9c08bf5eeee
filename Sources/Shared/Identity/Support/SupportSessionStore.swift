package import Core
import Foundation
package import Postgres

/// All SQL about support sessions.
package struct SupportSessionStore: Sendable {
    package init() {}

    /// A page of them, the newest first.
    package func sessions(
        page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<SupportSession> {
        try await page.newestFirst("support_sessions", by: \.id) { before, limit in
            let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT \(Self.columns) FROM support_sessions WHERE \(fromCursor) ORDER BY id DESC LIMIT $2
                        """,
                    parameters: [before, limit]), as: SupportSession.self)
        }
    }

    func session(
        _ id: ID<SupportSession>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> SupportSession? {
        try await executor.queryOne(
            "SELECT \(unescaped: Self.columns) FROM support_sessions WHERE id = \(id)", as: SupportSession.self)
    }

    /// - Throws: `PostgresError` with the constraint `support_sessions_account` or `support_sessions_vendor` where there is nobody
    ///   of that id.
    func insert(_ session: SupportSession, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO support_sessions (id, membership_id, as_account_id, as_vendor_id, reason, may_write, created_at, expires_at)
            VALUES (\(session.id), \(session.member), \(session.place.account), \(session.place.vendor), \(session.reason),
                \(session.mayWrite), \(session.createdAt), \(session.expiresAt))
            """)
    }

    /// With the session by whose token it is shown.
    /// - Returns: whether it had not been ended before.
    func end(
        _ id: ID<SupportSession>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            "UPDATE sessions SET revoked_at = \(time) WHERE support_session_id = \(id) AND revoked_at IS NULL")
        return try await transaction.execute(
            "UPDATE support_sessions SET ended_at = \(time) WHERE id = \(id) AND ended_at IS NULL") == 1
    }

    private static let columns = """
        id, membership_id, as_account_id, as_vendor_id, reason, may_write, created_at, expires_at, ended_at
        """
}

extension SupportSession: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), member: try row.decode("membership_id"),
            place: try Place(account: row.decode("as_account_id"), vendor: row.decode("as_vendor_id")),
            reason: try row.decode("reason"), mayWrite: try row.decode("may_write"),
            createdAt: try row.decode("created_at"), expiresAt: try row.decode("expires_at"),
            endedAt: try row.decode("ended_at"))
    }
}

extension SupportSession.Place {
    /// Out of the columns `as_account_id` and `as_vendor_id`.
    init(account: ID<Account>?, vendor: UUID?) throws(PostgresError) {
        switch (account, vendor) {
        case (let account?, nil): self = .customer(account)
        case (nil, let vendor?): self = .vendor(vendor)
        default: throw .decoding("a support session in nobody’s place")
        }
    }
}
