package import Core
package import Foundation
package import Identity
package import Postgres

/// All SQL about what the marketplace takes of sales.
package struct CommissionStore: Sendable {
    /// So many terms are told, the newest; nobody changes them every day.
    static let mostTold = 200

    package init() {}

    /// A vendor's terms, the one that begins last first. One that another corrects from its first moment on is left out.
    package func terms(
        of vendor: ID<Vendor>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [CommissionTerm] {
        try await executor.query(CommissionSQL.terms(of: vendor, visibleTo: visibility), as: CommissionTerm.self)
    }

    /// Whether the vendor has a term that holds at `time`.
    func hasTerm(
        _ vendor: ID<Vendor>, at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            "SELECT EXISTS (SELECT FROM commission_terms WHERE vendor_id = \(vendor) AND valid_from <= \(time))",
            as: Bool.self) ?? false
    }

    func insert(_ term: CommissionTerm, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(CommissionSQL.insert(term))
    }
}

extension CommissionTerm: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let amount: Int64? = try row.decode("fixed_minor")
        let fixed: Money? =
            if let amount { Money(minorUnits: amount, currency: try row.decode("fixed_currency")) } else { nil }
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"),
            commission: Commission(rate: try row.decode("rate_ppm"), fixed: fixed),
            validFrom: try row.decode("valid_from"), validTo: try row.decode("valid_to"),
            recordedAt: try row.decode("recorded_at"))
    }
}

private enum CommissionSQL {
    static func terms(of vendor: ID<Vendor>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT *, lag(valid_from) OVER (ORDER BY valid_from DESC) AS valid_to FROM (
                    SELECT DISTINCT ON (valid_from) id, vendor_id, rate_ppm, fixed_minor, fixed_currency, valid_from, recorded_at
                    FROM commission_terms
                    WHERE vendor_id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                    ORDER BY valid_from DESC, id DESC LIMIT \(CommissionStore.mostTold)
                ) AS terms ORDER BY valid_from DESC
                """,
            parameters: [vendor, visibility.subject])
    }

    static func insert(_ term: CommissionTerm) -> PostgresStatement {
        """
        INSERT INTO commission_terms (id, vendor_id, rate_ppm, fixed_minor, fixed_currency, valid_from, recorded_at)
        VALUES (\(term.id), \(term.vendor), \(term.commission.rate), \(term.commission.fixed?.minorUnits),
            \(term.commission.fixed?.currency), \(term.validFrom), \(term.recordedAt))
        """
    }
}
