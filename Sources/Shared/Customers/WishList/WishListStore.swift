import Catalog
package import Core
package import Foundation
package import Identity
package import Postgres

/// All SQL about wish lists.
package struct WishListStore: Sendable {
    package static let mostPerCustomer = 500

    private let presences = ProductPresenceStore()

    package init() {}

    /// A page of a customer's list, what was added last first, with what has become of it at a time.
    package func entries(
        of account: ID<Account>, at time: Date, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<WishListEntry> {
        let items = try await page.newestFirst("wish_list", by: \.id) { before, limit in
            try await executor.query(
                WishListSQL.list(of: account, before: before, limit: limit), as: WishListItem.self)
        }
        let found = try await presences.presences(
            of: items.items.map { ($0.product, $0.variant) }, at: time, in: executor)
        return Page(
            items: zip(items.items, found).map { WishListEntry(item: $0, presence: $1) }, next: items.next)
    }

    func count(of account: ID<Account>, in executor: some PostgresExecutor) async throws(PostgresError) -> Int {
        try await executor.queryValue(
            "SELECT count(*) FROM wish_list_items WHERE account_id = \(account)", as: Int.self) ?? 0
    }

    /// The same thing on the same list; nil where it is not on it.
    func item(
        _ product: ID<Product>, _ variant: ID<Variant>?, of account: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> WishListItem? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: WishListSQL.columns) FROM wish_list_items
            WHERE account_id = \(account) AND product_id = \(product) AND variant_id IS NOT DISTINCT FROM \(variant)
            """, as: WishListItem.self)
    }

    func insert(
        _ item: WishListItem, of account: ID<Account>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO wish_list_items (id, account_id, product_id, variant_id, title, added_at)
            VALUES (\(item.id), \(account), \(item.product), \(item.variant), \(item.title), \(item.addedAt))
            """)
    }

    /// - Returns: false where the customer has none of this id.
    func delete(
        _ id: ID<WishListItem>, of account: ID<Account>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            "DELETE FROM wish_list_items WHERE id = \(id) AND account_id = \(account)") == 1
    }
}

private enum WishListSQL {
    static let columns = "id, product_id, variant_id, title, added_at"

    static func list(of account: ID<Account>, before: ID<WishListItem>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM wish_list_items WHERE account_id = $1 AND \(fromCursor)
                ORDER BY id DESC LIMIT $3
                """,
            parameters: [account, before, limit])
    }
}

extension WishListItem: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), product: try row.decode("product_id"), variant: try row.decode("variant_id"),
            title: try row.decode("title"), addedAt: try row.decode("added_at"))
    }
}
