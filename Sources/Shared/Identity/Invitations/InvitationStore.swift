package import Core
package import Foundation
package import Postgres

/// All SQL about invitations.
package struct InvitationStore: Sendable {
    package init() {}

    /// A page of invitations, the newest first.
    package func invitations(
        _ filter: MemberFilter, page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<Invitation> {
        try await page.newestFirst("invitations", by: \.id) { before, limit in
            try await executor.query(
                InvitationSQL.list(filter, before: before, limit: limit, visibleTo: visibility), as: Invitation.self)
        }
    }

    func invitation(
        _ id: ID<Invitation>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Invitation? {
        try await executor.queryOne(InvitationSQL.one(id, visibleTo: visibility), as: Invitation.self)
    }

    /// Whose token it is, in whatever state.
    func invitation(
        bearing token: UTF8Text, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Invitation? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: InvitationSQL.columns) FROM invitations WHERE token_hash = \(OpaqueToken.hash(token))
            """, as: Invitation.self)
    }

    func tokenHash(
        of id: ID<Invitation>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [UInt8]? {
        try await executor.queryValue("SELECT token_hash FROM invitations WHERE id = \(id)", as: [UInt8].self)
    }

    /// - Throws: `PostgresError` with the constraint `invitations_vendor` where there is no such vendor.
    func insert(
        _ invitation: Invitation, tokenHash: [UInt8], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO invitations (id, email, vendor_id, role, permission_set_id, locale, token_hash, invited_by, created_at,
                expires_at)
            VALUES (\(invitation.id), \(invitation.email.rawValue), \(invitation.vendor),
                \(invitation.role.builtIn?.rawValue), \(invitation.role.set), \(invitation.locale.text), \(tokenHash),
                \(invitation.invitedBy.rawValue), \(invitation.createdAt), \(invitation.expiresAt))
            """)
    }

    /// - Returns: whether it was open.
    func accept(
        _ id: ID<Invitation>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE invitations SET accepted_at = \(time)
            WHERE id = \(id) AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > \(time)
            """) == 1
    }

    /// - Returns: whether it was open.
    func revoke(
        _ id: ID<Invitation>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE invitations SET revoked_at = \(time) WHERE id = \(id) AND accepted_at IS NULL AND revoked_at IS NULL
            """) == 1
    }

    /// Revokes those that somebody has sent and nobody has accepted.
    func revokeAll(
        by actor: AuditActor, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Invitation>] {
        try await transaction.queryValues(
            """
            UPDATE invitations SET revoked_at = \(time)
            WHERE invited_by = \(actor.rawValue) AND accepted_at IS NULL AND revoked_at IS NULL RETURNING id
            """, as: ID<Invitation>.self)
    }

    /// Revokes those that ask an address to join the same team.
    func revokeAll(
        to email: EmailAddress, ofTeamOf vendor: UUID?, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE invitations SET revoked_at = \(time)
            WHERE email_key = \(email.comparisonKey) AND vendor_id IS NOT DISTINCT FROM \(vendor) AND accepted_at IS NULL
                AND revoked_at IS NULL
            """)
    }
}

extension Invitation: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let email: String = try row.decode("email")
        guard let email = EmailAddress(rawValue: email) else { throw .decoding("an invitation to no address") }
        self.init(
            id: try row.decode("id"), email: email, vendor: try row.decode("vendor_id"), role: try MemberRole(row: row),
            locale: try LanguageTag(stored: row.decode("locale")),
            invitedBy: AuditActor(rawValue: try row.decode("invited_by")), createdAt: try row.decode("created_at"),
            acceptedAt: try row.decode("accepted_at"), revokedAt: try row.decode("revoked_at"))
    }
}

private enum InvitationSQL {
    static let columns = """
        id, email, vendor_id, role, permission_set_id, locale, invited_by, created_at, accepted_at, revoked_at
        """

    static func one(_ id: ID<Invitation>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM invitations
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                """,
            parameters: [id, visibility.subject])
    }

    static func list(
        _ filter: MemberFilter, before: ID<Invitation>?, limit: Int, visibleTo visibility: Visibility
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        let ofVendor = OptionalFilter.condition("vendor_id = $4", "$4::uuid", isSet: filter.vendor != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM invitations
                WHERE \(fromCursor) AND \(ofVendor) AND \(OptionalFilter.equals("scope", filter.scope))
                    AND \(visibility.condition("$3", vendor: "vendor_id = $3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject, filter.vendor])
    }
}
