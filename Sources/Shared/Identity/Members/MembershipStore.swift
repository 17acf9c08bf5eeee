package import Core
package import Foundation
package import Postgres

/// All SQL about memberships.
package struct MembershipStore: Sendable {
    package init() {}

    /// One that was not removed, with whose it is.
    package func member(
        _ id: ID<Membership>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Member? {
        try await executor.queryOne(MembershipSQL.member(id, visibleTo: visibility), as: Member.self)
    }

    /// A page of members, the newest first.
    package func members(
        _ filter: MemberFilter, page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<Member> {
        try await page.newestFirst("members", by: \.membership.id) { before, limit in
            try await executor.query(
                MembershipSQL.list(filter, before: before, limit: limit, visibleTo: visibility), as: Member.self)
        }
    }

    /// What an account can act by, the newest first.
    package func memberships(
        of account: ID<Account>, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Membership] {
        try await executor.query(
            """
            SELECT \(unescaped: MembershipSQL.columns) FROM \(unescaped: MembershipSQL.source)
            WHERE member.account_id = \(account) AND member.removed_at IS NULL ORDER BY member.id DESC LIMIT \(limit)
            """, as: Membership.self)
    }

    /// Those of a vendor's team who have a permission and can be mailed, the first ones first.
    package func addressees(
        in vendor: UUID, having permission: Permission, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [MemberAddress] {
        try await executor.query(
            MembershipSQL.addressees(in: vendor, having: permission, limit: limit), as: MemberAddress.self)
    }

    /// Removed or not.
    func membership(
        _ id: ID<Membership>, visibleTo visibility: Visibility = .everything, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Membership? {
        try await executor.queryOne(MembershipSQL.one(id, visibleTo: visibility), as: Membership.self)
    }

    /// The same, as it stands until the transaction is over: who changes it waits.
    func held(
        _ id: ID<Membership>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Membership? {
        try await transaction.execute("SELECT FROM memberships WHERE id = \(id) FOR SHARE")
        return try await membership(id, in: transaction)
    }

    /// Lets one transaction at a time change who is what in a team, so that two can't remove the last two of its heads.
    func takeTurn(inTeamOf vendor: UUID?, in transaction: some PostgresExecutor) async throws(PostgresError) {
        let team = "team:\(vendor?.uuidString ?? "staff")"
        _ = try await transaction.queryValue(
            "SELECT count(pg_advisory_xact_lock(hashtextextended(\(team), 0)))", as: Int.self)
    }

    /// Whether a team has a head besides one of them.
    func hasHead(
        _ scope: MemberScope, of vendor: UUID?, besides id: ID<Membership>?, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.queryValue(MembershipSQL.hasHead(scope, of: vendor, besides: id), as: Bool.self) == true
    }

    /// - Returns: false where the account is a member of the team already.
    func insert(_ membership: Membership, in transaction: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO memberships (id, account_id, vendor_id, role, permission_set_id, created_at, updated_at)
            VALUES (\(membership.id), \(membership.account), \(membership.vendor), \(membership.role.builtIn?.rawValue),
                \(membership.role.set), \(membership.createdAt), \(membership.createdAt))
            ON CONFLICT (account_id, vendor_id) WHERE removed_at IS NULL DO NOTHING
            """) == 1
    }

    func setRole(
        of id: ID<Membership>, to role: MemberRole, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE memberships SET role = \(role.builtIn?.rawValue), permission_set_id = \(role.set), updated_at = \(time),
                version = version + 1
            WHERE id = \(id)
            """)
    }

    func remove(
        _ id: ID<Membership>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE memberships SET removed_at = \(time), updated_at = \(time), version = version + 1 WHERE id = \(id)
            """)
    }

    /// Those who have applied to sell and act for the vendor since.
    func applicants(
        of vendor: UUID, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [Membership] {
        try await transaction.query(
            """
            SELECT \(unescaped: MembershipSQL.columns) FROM \(unescaped: MembershipSQL.source)
            WHERE member.vendor_id = \(vendor) AND member.role = \(Role.vendorApplicant.rawValue)
                AND member.removed_at IS NULL
            ORDER BY member.id
            """, as: Membership.self)
    }
}

extension Membership: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let role = try MemberRole(row: row)
        let set: [String]? = try row.decode("permissions")
        self.init(
            id: try row.decode("id"), account: try row.decode("account_id"), vendor: try row.decode("vendor_id"),
            role: role, permissions: role.builtIn?.permissions ?? Permission.known(of: set ?? []),
            version: try row.decode("version"), createdAt: try row.decode("created_at"),
            removedAt: try row.decode("removed_at"))
    }
}

extension Member: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let email: String? = try row.decode("email")
        self.init(
            membership: try Membership(row: row), name: try row.decode("name"),
            email: email.flatMap(EmailAddress.init(rawValue:)), hasSecondFactor: try row.decode("has_second_factor"))
    }
}

extension MemberAddress: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let (email, locale): (String, String) = (try row.decode("email"), try row.decode("locale"))
        guard let email = EmailAddress(rawValue: email), let locale = LanguageTag(locale) else {
            throw .decoding("an account's address or language is malformed")
        }
        self.init(account: try row.decode("account_id"), email: email, locale: locale)
    }
}

enum MembershipSQL {
    static let columns = """
        member.id, member.account_id, member.vendor_id, member.role, member.permission_set_id, given.permissions,
        member.version, member.created_at, member.removed_at
        """
    static let source =
        "memberships AS member LEFT JOIN permission_sets AS given ON given.id = member.permission_set_id"

    private static let people = """
        SELECT \(columns), person.name, person.email, EXISTS (SELECT FROM totp_factors AS factor
            WHERE factor.account_id = person.id AND factor.confirmed_at IS NOT NULL) AS has_second_factor
        FROM \(source) JOIN accounts AS person ON person.id = member.account_id
        """

    static func one(_ id: ID<Membership>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM \(source)
                WHERE member.id = $1 AND \(visibility.condition("$2", vendor: "member.vendor_id = $2"))
                """,
            parameters: [id, visibility.subject])
    }

    static func member(_ id: ID<Membership>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                \(people) WHERE member.id = $1 AND member.removed_at IS NULL
                    AND \(visibility.condition("$2", vendor: "member.vendor_id = $2"))
                """,
            parameters: [id, visibility.subject])
    }

    static func hasHead(
        _ scope: MemberScope, of vendor: UUID?, besides id: ID<Membership>?
    ) -> PostgresStatement {
        // Two texts, since no index serves a comparison that holds for NULL, too.
        let ofTeam = vendor == nil ? "scope = 'staff' AND $1::uuid IS NULL" : "vendor_id = $1"
        return PostgresStatement(
            sql: """
                SELECT EXISTS (SELECT FROM memberships
                    WHERE \(ofTeam) AND role = $2 AND removed_at IS NULL AND id IS DISTINCT FROM $3)
                """,
            parameters: [vendor, scope.head.rawValue, id])
    }

    static func addressees(in vendor: UUID, having permission: Permission, limit: Int) -> PostgresStatement {
        let roles = Role.allCases.filter { $0.permissions.contains(permission) }.map(\.rawValue)
        return PostgresStatement(
            sql: """
                SELECT member.account_id, person.email, person.locale
                FROM \(source) JOIN accounts AS person ON person.id = member.account_id
                WHERE member.vendor_id = $1 AND member.removed_at IS NULL AND person.email IS NOT NULL
                    AND (member.role = ANY($2) OR given.permissions @> ARRAY[$3])
                ORDER BY member.id LIMIT $4
                """,
            parameters: [vendor, roles, permission.rawValue, limit])
    }

    static func list(
        _ filter: MemberFilter, before: ID<Membership>?, limit: Int, visibleTo visibility: Visibility
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("member.id < $1", "$1::uuid", isSet: before != nil)
        let ofVendor = OptionalFilter.condition("member.vendor_id = $4", "$4::uuid", isSet: filter.vendor != nil)
        return PostgresStatement(
            sql: """
                \(people) WHERE member.removed_at IS NULL AND \(fromCursor) AND \(ofVendor)
                    AND \(OptionalFilter.equals("member.scope", filter.scope))
                    AND \(visibility.condition("$3", vendor: "member.vendor_id = $3"))
                ORDER BY member.id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject, filter.vendor])
    }
}
