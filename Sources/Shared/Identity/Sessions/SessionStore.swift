package import Core
package import Foundation
package import Postgres

/// All SQL about sessions and the devices that they were opened on.
package struct SessionStore: Sendable {
    package init() {}

    /// The session with this token and how it stands with second factors; nil where none is accepted at this time.
    func session(
        bearing token: UTF8Text, at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ResumedSession? {
        try await executor.queryOne(
            SessionSQL.resume(tokenHash: OpaqueToken.hash(token), at: time), as: ResumedSession.self)
    }

    /// Notes its use, unless another request has done so meanwhile.
    func touch(
        _ id: ID<Session>, at time: Date, unlessSince before: Date, expiresAt: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) {
        try await executor.execute(
            """
            UPDATE sessions SET last_used_at = \(time), expires_at = least(\(expiresAt), absolute_expires_at)
            WHERE id = \(id) AND last_used_at < \(before)
            """)
    }

    /// An account's sessions that are accepted at this time, the newest first.
    package func sessions(
        of account: ID<Account>, at time: Date, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<Session> {
        try await page.newestFirst("sessions", by: \.id) { before, limit in
            try await executor.query(
                SessionSQL.list(of: account, at: time, before: before, limit: limit), as: Session.self)
        }
    }

    func insert(
        _ session: Session, tokenHash: [UInt8], absoluteExpiresAt: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO sessions (id, account_id, token_hash, transport, method, device_id, second_factor_at, user_agent, network,
                created_at, last_used_at, expires_at, absolute_expires_at)
            VALUES (\(session.id), \(session.account), \(tokenHash), \(session.transport.rawValue),
                \(session.method.rawValue), \(session.device), \(session.secondFactorAt), \(session.client.userAgent),
                \(session.client.network), \(session.createdAt), \(session.lastUsedAt), \(session.expiresAt),
                \(absoluteExpiresAt))
            """)
    }

    /// Revokes those of an account beyond the `limit` that were used last.
    func revokeOldest(
        of account: ID<Account>, beyond limit: Int, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE sessions SET revoked_at = \(time) WHERE id IN (
                SELECT id FROM sessions WHERE account_id = \(account) AND revoked_at IS NULL AND expires_at > \(time)
                ORDER BY last_used_at DESC, id DESC OFFSET \(limit))
            """)
    }

    /// - Returns: whether there was one of this account that was not revoked before.
    func revoke(
        _ id: ID<Session>, of account: ID<Account>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE sessions SET revoked_at = \(time)
            WHERE id = \(id) AND account_id = \(account) AND revoked_at IS NULL
            """) == 1
    }

    /// - Parameter kept: nil for all of them.
    /// - Returns: how many it were.
    @discardableResult
    func revokeAll(
        of account: ID<Account>, but kept: ID<Session>? = nil, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Int {
        try await transaction.execute(
            """
            UPDATE sessions SET revoked_at = \(time)
            WHERE account_id = \(account) AND revoked_at IS NULL AND id IS DISTINCT FROM \(kept)
            """)
    }

    func noteSecondFactor(
        in id: ID<Session>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute("UPDATE sessions SET second_factor_at = \(time) WHERE id = \(id)")
    }

    /// Lets it act by a membership, or as the account's owner, under another token.
    /// - Returns: how its token is shown; nil where it was revoked.
    func act(
        in id: ID<Session>, by membership: ID<Membership>?, tokenHash: [UInt8], in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Session.Transport? {
        let transport = try await transaction.queryValue(
            """
            UPDATE sessions SET membership_id = \(membership), token_hash = \(tokenHash)
            WHERE id = \(id) AND revoked_at IS NULL AND support_session_id IS NULL RETURNING transport
            """, as: String.self)
        return transport.flatMap(Session.Transport.init(rawValue:))
    }

    /// The session of somebody who acts in another's place, beside the one that they do it from: it ends when that is over, however
    /// much it is used.
    func insert(
        _ support: SupportSession, inPlaceOf signedIn: SignedIn, id: ID<Session>, tokenHash: [UInt8],
        from client: Client,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO sessions (id, account_id, token_hash, transport, method, second_factor_at, user_agent, network, created_at,
                last_used_at, expires_at, absolute_expires_at, membership_id, support_session_id)
            SELECT \(id), account_id, \(tokenHash), \(Session.Transport.bearer.rawValue), method, second_factor_at,
                \(client.userAgent), \(client.network), \(support.createdAt), \(support.createdAt), \(support.expiresAt),
                \(support.expiresAt), \(support.member), \(support.id)
            FROM sessions WHERE id = \(signedIn.session)
            """)
    }

    /// When somebody signed in with it; nil where there is none.
    func beginning(of id: ID<Session>, in executor: some PostgresExecutor) async throws(PostgresError) -> Date? {
        try await executor.queryValue("SELECT created_at FROM sessions WHERE id = \(id)", as: Date.self)
    }

    func exists(
        _ id: ID<Session>, of account: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            "SELECT EXISTS (SELECT FROM sessions WHERE id = \(id) AND account_id = \(account))", as: Bool.self) == true
    }
}

extension SessionStore {
    /// The device of an account with this token.
    func insertDevice(
        _ id: ID<Device>, of account: ID<Account>, tokenHash: [UInt8], at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO devices (id, account_id, token_hash, created_at, last_used_at)
            VALUES (\(id), \(account), \(tokenHash), \(time), \(time))
            """)
    }

    /// - Returns: false where it is forgotten.
    func touchDevice(
        _ id: ID<Device>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute("UPDATE devices SET last_used_at = \(time) WHERE id = \(id)") == 1
    }

    /// - Parameter kept: nil for all of them.
    func forgetDevices(
        of account: ID<Account>, but kept: ID<Device>? = nil, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            "DELETE FROM devices WHERE account_id = \(account) AND id IS DISTINCT FROM \(kept)")
    }

    /// Forgets those of an account beyond the `limit` that were used last.
    func forgetOldestDevices(
        of account: ID<Account>, beyond limit: Int, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            DELETE FROM devices WHERE id IN (
                SELECT id FROM devices WHERE account_id = \(account) ORDER BY last_used_at DESC, id DESC OFFSET \(limit))
            """)
    }
}

extension Session: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let transport: String = try row.decode("transport")
        let method: String = try row.decode("method")
        guard let transport = Transport(rawValue: transport), let method = Method(rawValue: method) else {
            throw .decoding("\(transport) and \(method) are no way to a session")
        }
        self.init(
            id: try row.decode("id"), account: try row.decode("account_id"), transport: transport, method: method,
            device: try row.decode("device_id"), secondFactorAt: try row.decode("second_factor_at"),
            client: Client(network: try row.decode("network"), userAgent: try row.decode("user_agent")),
            createdAt: try row.decode("created_at"), lastUsedAt: try row.decode("last_used_at"),
            expiresAt: try row.decode("expires_at"))
    }
}

enum SessionSQL {
    /// One look-up by a unique index, and one more for each thing that it hangs on.
    static func resume(tokenHash: [UInt8], at time: Date) -> PostgresStatement {
        """
        SELECT held.id, held.account_id, held.device_id, held.last_used_at, held.second_factor_at,
            factor.confirmed_at AS enrolled_at, held.membership_id, member.vendor_id, member.role, member.permission_set_id,
            member.created_at, given.permissions, held.support_session_id, support.id IS NOT NULL AS is_support_open,
            support.as_account_id, support.as_vendor_id, support.may_write
        FROM sessions AS held
            LEFT JOIN totp_factors AS factor ON factor.account_id = held.account_id AND factor.confirmed_at IS NOT NULL
            LEFT JOIN memberships AS member ON member.id = held.membership_id AND member.removed_at IS NULL
            LEFT JOIN permission_sets AS given ON given.id = member.permission_set_id
            LEFT JOIN support_sessions AS support ON support.id = held.support_session_id AND support.ended_at IS NULL
        WHERE held.token_hash = \(tokenHash) AND held.revoked_at IS NULL AND held.expires_at > \(time)
        """
    }

    static func list(
        of account: ID<Account>, at time: Date, before: ID<Session>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $3", "$3::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT id, account_id, transport, method, device_id, second_factor_at, user_agent, network, created_at,
                    last_used_at, expires_at
                FROM sessions
                WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND \(fromCursor)
                ORDER BY id DESC LIMIT $4
                """,
            parameters: [account, time, before, limit])
    }
}
