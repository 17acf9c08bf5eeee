package import Core
package import Identity
package import Inventory
package import Postgres

/// Tells the staff what became of an order's keys, without their texts.
package struct ReadOrderKeys: Sendable {
    private let orders = OrderStore()
    private let sold = SoldKeyStore()

    package init() {}

    /// In the order of lines and units, replaced ones before those in their place.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> [SoldKey] {
        guard let found = try await orders.orderWithLines(id, visibleTo: visibility, in: executor) else {
            throw Problem.notFound("order")
        }
        return try await sold.keys(of: found.lines.map(\.id.uuid), in: executor)
    }
}
