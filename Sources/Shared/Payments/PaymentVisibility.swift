import Core
import Foundation
import Identity
import Postgres

extension Visibility {
    /// A condition on payments, refunds and disputes, all of which name their order: whoever sees it sees them. `$2` is bound to
    /// `subject`.
    func ofPayments(_ order: String) -> String {
        condition(
            "$2", customer: "\(order) IN (SELECT id FROM orders WHERE customer_id = $2)", order: "\(order) = $2")
    }
}

extension PageRequest {
    /// A page of payments, refunds or disputes, the newest first.
    /// - Parameters:
    ///   - table: also the name of the listing.
    ///   - parent: the column that names what they hang on, which is `id`.
    func newestFirst<Row: PostgresRowDecodable & Sendable>(
        _ table: String, _ columns: String, where parent: String, is id: UUID, by ownID: (Row) -> ID<Row>,
        visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<Row> {
        try await newestFirst(table, by: ownID) { before, limit in
            let older = OptionalFilter.condition("id < $3", "$3::uuid", isSet: before != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT \(columns) FROM \(table)
                        WHERE \(parent) = $1 AND \(visibility.ofPayments("order_id")) AND \(older) ORDER BY id DESC LIMIT $4
                        """,
                    parameters: [id, visibility.subject, before, limit]),
                as: Row.self)
        }
    }
}
