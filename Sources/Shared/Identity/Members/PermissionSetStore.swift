package import Core
import Foundation
package import Postgres

/// All SQL about permission sets.
package struct PermissionSetStore: Sendable {
    package init() {}

    /// Members of vendors see those that members of vendors can have.
    package func set(
        _ id: ID<PermissionSet>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PermissionSet? {
        try await executor.queryOne(PermissionSetSQL.one(id, visibleTo: visibility), as: PermissionSet.self)
    }

    /// A page of them, the newest first.
    package func sets(
        page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<PermissionSet> {
        try await page.newestFirst("permission_sets", by: \.id) { before, limit in
            try await executor.query(
                PermissionSetSQL.list(before: before, limit: limit, visibleTo: visibility), as: PermissionSet.self)
        }
    }

    /// One that nobody changes or removes before the transaction is over.
    func held(
        _ id: ID<PermissionSet>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> PermissionSet? {
        try await transaction.queryOne(
            """
            SELECT \(unescaped: PermissionSetSQL.columns) FROM permission_sets
            WHERE id = \(id) AND removed_at IS NULL FOR SHARE
            """, as: PermissionSet.self)
    }

    /// The same for whoever changes it: nobody gives it to anybody meanwhile.
    func locked(
        _ id: ID<PermissionSet>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> PermissionSet? {
        try await transaction.queryOne(
            """
            SELECT \(unescaped: PermissionSetSQL.columns) FROM permission_sets
            WHERE id = \(id) AND removed_at IS NULL FOR UPDATE
            """, as: PermissionSet.self)
    }

    /// - Throws: `PostgresError` with the constraint `permission_sets_name` where another one of the scope is called so.
    func insert(_ set: PermissionSet, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO permission_sets (id, name, scope, permissions, created_at, updated_at)
            VALUES (\(set.id), \(set.name), \(set.scope), \(set.permissions.map(\.rawValue).sorted()), \(set.createdAt),
                \(set.createdAt))
            """)
    }

    /// - Throws: as `insert` does.
    func update(
        _ set: PermissionSet, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE permission_sets SET name = \(set.name), permissions = \(set.permissions.map(\.rawValue).sorted()),
                version = \(set.version), updated_at = \(time)
            WHERE id = \(set.id)
            """)
    }

    func remove(
        _ id: ID<PermissionSet>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute("UPDATE permission_sets SET removed_at = \(time) WHERE id = \(id)")
    }

    /// Whether a member has it, or somebody is invited to it.
    func isGiven(
        _ id: ID<PermissionSet>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.queryValue(
            """
            SELECT EXISTS (SELECT FROM memberships WHERE permission_set_id = \(id) AND removed_at IS NULL)
                OR EXISTS (SELECT FROM invitations WHERE permission_set_id = \(id) AND accepted_at IS NULL
                    AND revoked_at IS NULL AND expires_at > \(time))
            """, as: Bool.self) == true
    }

    func count(in executor: some PostgresExecutor) async throws(PostgresError) -> Int {
        try await executor.queryValue("SELECT count(*) FROM permission_sets WHERE removed_at IS NULL", as: Int.self)
            ?? 0
    }
}

extension PermissionSet: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), name: try row.decode("name"), scope: try row.decode("scope"),
            permissions: Permission.known(of: try row.decode("permissions")), version: try row.decode("version"),
            createdAt: try row.decode("created_at"))
    }
}

extension Permission {
    /// Those that this release knows: another one may have had more.
    static func known(of names: [String]) -> Set<Permission> { Set(names.compactMap(Permission.init(rawValue:))) }
}

private enum PermissionSetSQL {
    static let columns = "id, name, scope, permissions, version, created_at"

    static func one(_ id: ID<PermissionSet>, visibleTo visibility: Visibility) -> PostgresStatement {
        let isVisible = visibility.condition("$2", vendor: "$2::uuid IS NOT NULL AND scope = 'vendor'")
        return PostgresStatement(
            sql: "SELECT \(columns) FROM permission_sets WHERE id = $1 AND removed_at IS NULL AND \(isVisible)",
            parameters: [id, visibility.subject])
    }

    static func list(
        before: ID<PermissionSet>?, limit: Int, visibleTo visibility: Visibility
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        let isVisible = visibility.condition("$3", vendor: "$3::uuid IS NOT NULL AND scope = 'vendor'")
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM permission_sets WHERE removed_at IS NULL AND \(fromCursor) AND \(isVisible)
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject])
    }
}
