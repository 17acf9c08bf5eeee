package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL about vendors themselves.
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
        status: VendorStatus? = nil, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<Vendor> {
        try await page.newestFirst("vendors", by: \.id) { before, limit in
            try await executor.query(
                VendorSQL.list(status, visibleTo: visibility, before: before, limit: limit), as: Vendor.self)
        }
    }

    /// The vendor, held until the transaction ends: whatever is done to it and to what belongs to it is done one after the other.
    /// - Throws: a 404 `Problem` for one that is out of reach; `PostgresError`.
    func held(
        _ id: ID<Vendor>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws -> Vendor {
        let found = try await transaction.queryOne(
            VendorSQL.one(id, visibleTo: visibility, held: true), as: Vendor.self)
        guard let found else { throw Problem.notFound("vendor") }
        return found
    }

    /// Puts a new vendor on record. Its slug is not: see `SlugStore`.
    func insert(_ vendor: Vendor, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(VendorSQL.insert(vendor))
    }

    /// Replaces what may change of a vendor that is held; its version grows.
    func update(_ vendor: Vendor, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(VendorSQL.update(vendor))
    }

    func setStatus(
        _ status: VendorStatus, of id: ID<Vendor>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            "UPDATE vendors SET status = \(status), version = version + 1 WHERE id = \(id)")
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
        slug = try row.decode("slug")
        status = try row.decode("status")
        mailsLowStock = try row.decode("mails_low_stock")
        version = try row.decode("version")
        createdAt = try row.decode("created_at")
        let legalName: String? = try row.decode("legal_name")
        identity =
            if let legalName {
                VendorIdentity(
                    legalName: legalName, country: try row.decode("country"), kind: try row.decode("kind"))
            } else {
                nil
            }
        let from: Date? = try row.decode("holiday_from")
        holiday =
            if let from {
                Holiday(
                    from: from, until: try row.decode("holiday_until"), message: try row.decode("holiday_message"))
            } else {
                nil
            }
    }
}

private enum VendorSQL {
    static let columns = """
        id, name, slug, email, status, legal_name, country, kind, holiday_from, holiday_until, holiday_message,
        mails_low_stock, version, vendors.created_at
        """

    static let from = "vendors JOIN vendor_slugs ON vendor_id = id AND is_current"

    static func one(
        _ id: ID<Vendor>, visibleTo visibility: Visibility, held: Bool = false
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM \(from) WHERE id = $1 AND \(visibility.condition("$2", vendor: "id = $2"))
                \(held ? "FOR NO KEY UPDATE OF vendors" : "")
                """,
            parameters: [id, visibility.subject])
    }

    static func list(
        _ status: VendorStatus?, visibleTo visibility: Visibility, before: ID<Vendor>?, limit: Int
    ) -> PostgresStatement {
        let inStatus = OptionalFilter.equals("status", status)
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM \(from)
                WHERE \(inStatus) AND \(fromCursor) AND \(visibility.condition("$3", vendor: "id = $3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject])
    }

    static func insert(_ vendor: Vendor) -> PostgresStatement {
        """
        INSERT INTO vendors (id, name, email, status, legal_name, country, kind, created_at)
        VALUES (\(vendor.id), \(vendor.name), \(vendor.email.rawValue), \(vendor.status),
            \(vendor.identity?.legalName), \(vendor.identity?.country), \(vendor.identity?.kind), \(vendor.createdAt))
        """
    }

    static func update(_ vendor: Vendor) -> PostgresStatement {
        """
        UPDATE vendors SET name = \(vendor.name), email = \(vendor.email.rawValue),
            legal_name = \(vendor.identity?.legalName), country = \(vendor.identity?.country),
            kind = \(vendor.identity?.kind), holiday_from = \(vendor.holiday?.from),
            holiday_until = \(vendor.holiday?.until), holiday_message = \(vendor.holiday?.message),
            mails_low_stock = \(vendor.mailsLowStock), version = version + 1
        WHERE id = \(vendor.id)
        """
    }
}
