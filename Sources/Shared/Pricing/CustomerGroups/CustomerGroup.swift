package import Core
package import Foundation
package import Identity
package import Jobs
package import Postgres

/// Customers whom the marketplace treats alike.
package struct CustomerGroup: Hashable, Sendable, PostgresRowDecodable {
    package static let code = TextRule(1...40, .only("a-z0-9_"))
    package static let name = TextRule(1...200, .line)
    /// How many groups there may be.
    package static let most = 1_000
    /// How many accounts one call puts in or takes out.
    package static let memberCount = 0...1_000

    package let code: String
    package let name: String
    package let createdAt: Date

    package init(code: String, name: String, createdAt: Date) {
        self.code = code
        self.name = name
        self.createdAt = createdAt
    }

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            code: try row.decode("code"), name: try row.decode("name"), createdAt: try row.decode("created_at"))
    }
}

/// All SQL about groups of customers.
package struct CustomerGroupStore: Sendable {
    package init() {}

    /// All of them, by code.
    package func groups(in executor: some PostgresExecutor) async throws(PostgresError) -> [CustomerGroup] {
        try await executor.query(
            """
            SELECT code, name, created_at FROM customer_groups ORDER BY code LIMIT \(unescaped: String(CustomerGroup.most))
            """, as: CustomerGroup.self)
    }

    /// Adds a group, or gives it another name; the group as it is stored.
    func put(
        _ group: CustomerGroup, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> CustomerGroup? {
        try await transaction.queryOne(
            """
            INSERT INTO customer_groups (code, name, created_at) VALUES (\(group.code), \(group.name), \(group.createdAt))
            ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING code, name, created_at
            """, as: CustomerGroup.self)
    }

    func exists(_ code: String, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            "SELECT EXISTS (SELECT FROM customer_groups WHERE code = \(code))", as: Bool.self) ?? false
    }

    /// Puts those of `accounts` in that there are; how many were not in it.
    func add(
        _ accounts: [ID<Account>], to code: String, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Int {
        try await transaction.execute(
            """
            INSERT INTO customer_group_members (customer_group, account_id, added_at)
            SELECT \(code), id, \(time) FROM accounts WHERE id = ANY (\(accounts)) ON CONFLICT DO NOTHING
            """)
    }

    /// How many of them were in it.
    func remove(
        _ accounts: [ID<Account>], from code: String, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Int {
        try await transaction.execute(
            "DELETE FROM customer_group_members WHERE customer_group = \(code) AND account_id = ANY (\(accounts))")
    }
}

/// Says which groups of customers there are, and who is in them.
package struct ManageCustomerGroups: Sendable {
    private let store = CustomerGroupStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Throws: `Problem`: 422; 409 ("too-many-groups"); `PostgresError`.
    package func put(
        _ code: String, name: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> CustomerGroup {
        var check = InputCheck()
        check.text("/code", code, CustomerGroup.code)
        check.text("/name", name, CustomerGroup.name)
        try check.finish()
        let all = try await store.groups(in: work)
        guard all.count < CustomerGroup.most || all.contains(where: { UTF8Text($0.code) == UTF8Text(code) }) else {
            throw Problem.conflict(
                "too-many-groups", title: "There are too many groups",
                detail: "There may be \(CustomerGroup.most) groups of customers")
        }
        let new = CustomerGroup(code: code, name: name, createdAt: clock.now.roundedToMicroseconds)
        guard let group = try await store.put(new, in: work) else {
            throw PostgresError.decoding("the customer group did not come back")
        }
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "customer_group.put", subject: "customer_group:\(code)"),
            in: work)
        return group
    }

    /// Puts accounts in and takes others out; those that there are not, or that are where they are to be, change nothing.
    /// - Throws: `Problem`: 404, 422; `PostgresError`.
    package func changeMembers(
        of code: String, adding added: [ID<Account>], removing removed: [ID<Account>], by principal: Principal,
        in work: UnitOfWork
    ) async throws -> (added: Int, removed: Int) {
        var check = InputCheck()
        check.number("/add", added.count + removed.count, in: CustomerGroup.memberCount)
        try check.finish()
        guard try await store.exists(code, in: work) else { throw Problem.notFound("customer group") }
        let count = (
            added: try await store.add(added, to: code, at: clock.now.roundedToMicroseconds, in: work),
            removed: try await store.remove(removed, from: code, in: work)
        )
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "customer_group.members_changed", subject: "customer_group:\(code)",
                payload: ["added": .integer(Int64(count.added)), "removed": .integer(Int64(count.removed))]),
            in: work)
        return count
    }
}
