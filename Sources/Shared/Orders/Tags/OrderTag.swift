package import Core
package import Foundation
package import Postgres

/// A word with which the staff sort orders, such as "gift" or "call first".
package struct OrderTag: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "tag"

    /// What a tag's name must be like.
    package static let name = TextRule(1...40, .line)
    /// How many there are at once.
    package static let most = 200
    /// How many an order has.
    package static let mostPerOrder = 20

    package let id: ID<OrderTag>
    package let name: String
    package let createdAt: Date

    package init(id: ID<OrderTag>, name: String, createdAt: Date) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }
}

/// All SQL about tags.
package struct OrderTagStore: Sendable {
    /// The key of the lock that keeps two from adding the last tag at once: "otag" in ASCII.
    private static let lock: Int64 = 0x6f74_6167

    package init() {}

    /// All tags, by their names.
    package func tags(in executor: some PostgresExecutor) async throws(PostgresError) -> [OrderTag] {
        try await executor.query(
            """
            SELECT \(unescaped: OrderTag.columns) FROM order_tags WHERE removed_at IS NULL
            ORDER BY lower(name), id LIMIT \(OrderTag.most)
            """, as: OrderTag.self)
    }

    /// The tags of an order, by their names.
    package func tags(
        of order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [OrderTag] {
        try await executor.query(
            """
            SELECT id, name, tag.created_at FROM order_taggings JOIN order_tags AS tag ON tag.id = tag_id
            WHERE order_id = \(order) AND removed_at IS NULL ORDER BY lower(name), id
            """, as: OrderTag.self)
    }

    /// Waits for the answer, which may be a constraint's refusal.
    /// - Returns: false, and nothing is added, where there are as many as there may be.
    func insert(_ tag: OrderTag, in transaction: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await transaction.execute("SELECT pg_advisory_xact_lock(\(Self.lock))")
        return try await transaction.execute(
            """
            INSERT INTO order_tags (id, name, created_at) SELECT \(tag.id), \(tag.name), \(tag.createdAt)
            WHERE (SELECT count(*) FROM order_tags WHERE removed_at IS NULL) < \(Int64(OrderTag.most))
            """) == 1
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func rename(
        _ id: ID<OrderTag>, to name: String, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> OrderTag? {
        try await transaction.queryOne(
            """
            UPDATE order_tags SET name = \(name) WHERE id = \(id) AND removed_at IS NULL
            RETURNING \(unescaped: OrderTag.columns)
            """, as: OrderTag.self)
    }

    /// - Returns: whether there was such a tag.
    func remove(
        _ id: ID<OrderTag>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            "UPDATE order_tags SET removed_at = \(time) WHERE id = \(id) AND removed_at IS NULL") == 1
    }

    /// Those of `ids` that there are; held until the transaction ends.
    func hold(
        _ ids: [ID<OrderTag>], in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<OrderTag>] {
        try await transaction.queryValues(
            "SELECT id FROM order_tags WHERE id = ANY (\(ids)) AND removed_at IS NULL ORDER BY id FOR SHARE",
            as: ID<OrderTag>.self)
    }

    /// Has an order carry these tags and no others.
    func set(
        _ ids: [ID<OrderTag>], on order: ID<Order>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            "DELETE FROM order_taggings WHERE order_id = \(order) AND tag_id <> ALL (\(ids))")
        try await transaction.pipeline(
            """
            INSERT INTO order_taggings (order_id, tag_id, created_at) SELECT \(order), id, \(time) FROM unnest(\(ids)) AS id
            ON CONFLICT DO NOTHING
            """)
    }
}

extension OrderTag: PostgresRowDecodable {
    static let columns = "id, name, created_at"

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(id: try row.decode("id"), name: try row.decode("name"), createdAt: try row.decode("created_at"))
    }
}
