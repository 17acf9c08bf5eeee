package import Core
package import Foundation
package import Identity
package import Postgres
import Registrations
import Values

/// All SQL about vendors' tax registrations.
package struct RegistrationStore: Sendable {
    /// One in each State of a large country, and as many before them.
    package static let mostPerVendor = 100

    package init() {}

    /// A vendor's registrations, the oldest first.
    package func registrations(
        of vendor: ID<Vendor>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [TaxRegistration] {
        try await executor.query(RegistrationSQL.all(of: vendor, visibleTo: visibility), as: TaxRegistration.self)
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(
        _ registrations: [TaxRegistration], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !registrations.isEmpty else { return }
        try await transaction.execute(RegistrationSQL.insert(registrations))
    }

    /// The registration after the decision, or nil where the vendor has no such one.
    func review(
        _ id: ID<TaxRegistration>, of vendor: ID<Vendor>, as status: RegistrationStatus, reason: String, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> TaxRegistration? {
        try await transaction.queryOne(
            """
            UPDATE vendor_registrations SET status = \(status), reason = \(reason),
                verified_at = \(status == .verified ? time : nil)
            WHERE id = \(id) AND vendor_id = \(vendor) RETURNING \(unescaped: RegistrationSQL.columns)
            """, as: TaxRegistration.self)
    }

    /// Verifies all that nobody has looked at alone.
    func verifyPending(
        of vendor: ID<Vendor>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE vendor_registrations SET status = 'verified', verified_at = \(time)
            WHERE vendor_id = \(vendor) AND status = 'pending'
            """)
    }
}

extension TaxRegistration: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), kind: try row.decode("kind"),
            number: try row.decode("number"), region: try row.decode("region"),
            legalName: try row.decode("legal_name"),
            validFrom: try row.decode("valid_from", as: Date?.self).map(CivilDate.init(utc:)),
            validTo: try row.decode("valid_to", as: Date?.self).map(CivilDate.init(utc:)),
            status: try row.decode("status"), reason: try row.decode("reason"),
            createdAt: try row.decode("created_at"), verifiedAt: try row.decode("verified_at"))
    }
}

private enum RegistrationSQL {
    static let columns = """
        id, vendor_id, kind, number, region, legal_name, valid_from, valid_to, status, reason, created_at, verified_at
        """

    static func all(of vendor: ID<Vendor>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM vendor_registrations
                WHERE vendor_id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) ORDER BY id
                """,
            parameters: [vendor, visibility.subject])
    }

    static func insert(_ registrations: [TaxRegistration]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO vendor_registrations (id, vendor_id, kind, number, region, legal_name, valid_from, valid_to, created_at)
                SELECT id, vendor_id, kind, number, region, legal_name, (valid_from AT TIME ZONE 'UTC')::date,
                    (valid_to AT TIME ZONE 'UTC')::date, created_at
                FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
                    $8::timestamptz[], $9::timestamptz[])
                    AS new (id, vendor_id, kind, number, region, legal_name, valid_from, valid_to, created_at)
                """,
            parameters: [
                registrations.map(\.id), registrations.map(\.vendor), registrations.map(\.kind),
                registrations.map(\.number), registrations.map(\.region), registrations.map(\.legalName),
                registrations.map { $0.validFrom?.utcMidnight }, registrations.map { $0.validTo?.utcMidnight },
                registrations.map(\.createdAt),
            ])
    }
}
