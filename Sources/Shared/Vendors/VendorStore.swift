package import Core
package import Identity
package import Postgres

/// All SQL about vendors.
package struct VendorStore: Sendable {
    package init() {}

    /// The vendor, or nil.
    package func vendor(
        _ id: ID<Vendor>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Vendor? {
        try await executor.queryOne(VendorSQL.one(id, visibleTo: visibility), as: Vendor.self)
    }

    /// A page of vendors, the newest first.
    package func vendors(
        page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<Vendor> {
        try await page.newestFirst("vendors", by: \.id) { before, limit in
            try await executor.query(
                VendorSQL.list(visibleTo: visibility, before: before, limit: limit), as: Vendor.self)
        }
    }

    func insert(_ vendor: Vendor, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(VendorSQL.insert(vendor))
    }
}

extension Vendor: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let address: String = try row.decode("email")
        guard let email = EmailAddress(rawValue: address) else {
            throw .decoding("a vendor's e-mail address is malformed")
        }
        self.email = email
        id = try row.decode("id")
        name = try row.decode("name")
        status = try row.decode("status")
        commissionRate = try row.decode("commission_ppm")
        createdAt = try row.decode("created_at")
    }
}

private enum VendorSQL {
    static let columns = "id, name, email, status, commission_ppm, created_at"

    static func one(_ id: ID<Vendor>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: "SELECT \(columns) FROM vendors WHERE id = $1 AND \(visibility.condition("$2", vendor: "id = $2"))",
            parameters: [id, visibility.subject])
    }

    static func list(visibleTo visibility: Visibility, before: ID<Vendor>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM vendors
                WHERE \(fromCursor) AND \(visibility.condition("$3", vendor: "id = $3")) ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject])
    }

    static func insert(_ vendor: Vendor) -> PostgresStatement {
        """
        INSERT INTO vendors (\(unescaped: columns))
        VALUES (\(vendor.id), \(vendor.name), \(vendor.email.rawValue), \(vendor.status),
            \(vendor.commissionRate), \(vendor.createdAt))
        """
    }
}
