package import Core
package import Foundation
package import Identity
package import Postgres
import Registrations
import Values

/// All SQL about vendors' documents.
package struct DocumentStore: Sendable {
    package static let mostPerVendor = 100

    package init() {}

    /// A vendor's documents, the oldest first.
    package func documents(
        of vendor: ID<Vendor>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [VendorDocument] {
        try await executor.query(DocumentSQL.all(of: vendor, visibleTo: visibility), as: VendorDocument.self)
    }

    func insert(_ document: VendorDocument, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(DocumentSQL.insert(document))
    }

    /// The document after the decision, or nil where the vendor has no such one.
    func review(
        _ id: ID<VendorDocument>, of vendor: ID<Vendor>, as status: DocumentStatus, reason: String, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> VendorDocument? {
        try await transaction.queryOne(
            """
            UPDATE vendor_documents SET status = \(status), reason = \(reason), reviewed_at = \(time)
            WHERE id = \(id) AND vendor_id = \(vendor) RETURNING \(unescaped: DocumentSQL.columns)
            """, as: VendorDocument.self)
    }

    /// Accepts all that nobody has looked at alone.
    func acceptPending(
        of vendor: ID<Vendor>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE vendor_documents SET status = 'accepted', reviewed_at = \(time)
            WHERE vendor_id = \(vendor) AND status = 'pending'
            """)
    }
}

extension VendorDocument: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let whole: String? = try row.decode("number")
        let lastFour: String? = try row.decode("last_four")
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), kind: try row.decode("kind"),
            file: try row.decode("media_id"),
            number: whole.map(DocumentNumber.whole) ?? lastFour.map(DocumentNumber.lastFour),
            authority: try row.decode("authority"),
            expiresOn: try row.decode("expires_on", as: Date?.self).map(CivilDate.init(utc:)),
            status: try row.decode("status"), reason: try row.decode("reason"),
            createdAt: try row.decode("created_at"), reviewedAt: try row.decode("reviewed_at"))
    }
}

private enum DocumentSQL {
    static let columns = """
        id, vendor_id, kind, media_id, number, last_four, authority, expires_on, status, reason, created_at, reviewed_at
        """

    static func all(of vendor: ID<Vendor>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM vendor_documents
                WHERE vendor_id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) ORDER BY id
                """,
            parameters: [vendor, visibility.subject])
    }

    static func insert(_ document: VendorDocument) -> PostgresStatement {
        let (whole, lastFour): (String?, String?) =
            switch document.number {
            case .whole(let number): (number, nil)
            case .lastFour(let digits): (nil, digits)
            case nil: (nil, nil)
            }
        return """
            INSERT INTO vendor_documents (id, vendor_id, kind, media_id, number, last_four, authority, expires_on, created_at)
            VALUES (\(document.id), \(document.vendor), \(document.kind), \(document.file), \(whole), \(lastFour),
                \(document.authority), (\(document.expiresOn?.utcMidnight) AT TIME ZONE 'UTC')::date, \(document.createdAt))
            """
    }
}
