import Catalog
package import Core
import Foundation
package import Identity
package import Postgres
import Vendors

/// All SQL about price lists.
package struct PriceListStore: Sendable {
    package init() {}

    package func list(
        _ id: ID<PriceList>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PriceList? {
        try await executor.queryOne(PriceListSQL.one(id, visibleTo: visibility), as: PriceList.self)
    }

    func lock(
        _ id: ID<PriceList>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> PriceList? {
        try await transaction.queryOne(
            PriceListSQL.one(id, visibleTo: visibility, "FOR NO KEY UPDATE"), as: PriceList.self)
    }

    /// A page of lists, the newest first.
    package func lists(
        page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<PriceList> {
        try await page.newestFirst("price_lists", by: \.id) { before, limit in
            try await executor.query(
                PriceListSQL.list(visibleTo: visibility, before: before, limit: limit), as: PriceList.self)
        }
    }

    /// A page of the prices of a list that is within reach, by variant and quantity.
    package func prices(
        of list: ID<PriceList>, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<ListedPrice> {
        let listing = "price_list_prices"
        let after = try page.cursor.map { text in try Cursor(decoding: text, listing: listing, keyCount: 2) }
        var variant: ID<Variant>?
        var quantity: Int64?
        if let after {
            (variant, quantity) = (ID(after.keys[0]), Int64(after.keys[1]))
            guard variant != nil, quantity != nil else { throw Problem.invalidCursor }
        }
        let rows = try await executor.query(
            PriceListSQL.prices(of: list, after: variant, quantity, limit: page.limit + 1), as: ListedPrice.self)
        return Page(fetched: rows, limit: page.limit) {
            Cursor(listing: listing, keys: [$0.variant.description, String($0.minimumQuantity)])
        }
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(_ list: PriceList, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(PriceListSQL.insert(list))
    }

    func update(_ list: PriceList, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(PriceListSQL.update(list))
    }

    /// Those of `variants` that may stand on a vendor's list, or on the marketplace's.
    func known(
        of variants: [ID<Variant>], vendor: ID<Vendor>?, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Variant>] {
        let ofVendor = OptionalFilter.condition("vendor_id = $2", "$2::uuid", isSet: vendor != nil)
        return try await executor.queryValues(
            PostgresStatement(
                sql: "SELECT id FROM variants WHERE id = ANY ($1::uuid[]) AND removed_at IS NULL AND \(ofVendor)",
                parameters: [variants, vendor]), as: ID<Variant>.self)
    }

    /// Sets prices, of each variant and quantity at most one, and takes those without an amount off.
    func set(
        _ prices: [ListedPrice], of list: ID<PriceList>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(PriceListSQL.delete(prices, of: list))
        try await transaction.execute(PriceListSQL.insert(prices, of: list))
    }
}

private enum PriceListSQL {
    static let columns = """
        id, vendor_id, name, customer_group, currency, includes_tax, priority, is_active, starts_at, ends_at, version, created_at, \
        updated_at
        """

    static func one(
        _ id: ID<PriceList>, visibleTo visibility: Visibility, _ lock: String = ""
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM price_lists
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(lock)
                """,
            parameters: [id, visibility.subject])
    }

    static func list(visibleTo visibility: Visibility, before: ID<PriceList>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM price_lists
                WHERE \(fromCursor) AND \(visibility.condition("$3", vendor: "vendor_id = $3")) ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject])
    }

    static func prices(
        of list: ID<PriceList>, after variant: ID<Variant>?, _ quantity: Int64?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition(
            "(variant_id, minimum_quantity) > ($2, $3)", "coalesce($2::uuid::text, $3::int8::text)",
            isSet: variant != nil)
        return PostgresStatement(
            sql: """
                SELECT variant_id, minimum_quantity, amount_minor FROM price_list_prices
                WHERE price_list_id = $1 AND \(fromCursor) ORDER BY variant_id, minimum_quantity LIMIT $4
                """,
            parameters: [list, variant, quantity, limit])
    }

    static func insert(_ list: PriceList) -> PostgresStatement {
        let content = list.content
        return """
            INSERT INTO price_lists (id, vendor_id, name, customer_group, currency, includes_tax, priority, is_active, starts_at,
                ends_at, created_at, updated_at)
            VALUES (\(list.id), \(list.vendor), \(content.name), \(list.customerGroup), \(list.currency), \(content.includesTax),
                \(Int32(clamping: content.priority)), \(content.isActive), \(content.startsAt), \(content.endsAt),
                \(list.createdAt), \(list.updatedAt))
            """
    }

    static func update(_ list: PriceList) -> PostgresStatement {
        let content = list.content
        return """
            UPDATE price_lists SET name = \(content.name), includes_tax = \(content.includesTax),
                priority = \(Int32(clamping: content.priority)), is_active = \(content.isActive),
                starts_at = \(content.startsAt), ends_at = \(content.endsAt), version = \(list.version),
                updated_at = \(list.updatedAt)
            WHERE id = \(list.id)
            """
    }

    static func delete(_ prices: [ListedPrice], of list: ID<PriceList>) -> PostgresStatement {
        """
        DELETE FROM price_list_prices WHERE price_list_id = \(list) AND (variant_id, minimum_quantity) IN
            (SELECT * FROM unnest(\(prices.map(\.variant)), \(prices.map(\.minimumQuantity))))
        """
    }

    static func insert(_ prices: [ListedPrice], of list: ID<PriceList>) -> PostgresStatement {
        """
        INSERT INTO price_list_prices (price_list_id, variant_id, minimum_quantity, amount_minor)
        SELECT \(list), * FROM unnest(\(prices.map(\.variant)), \(prices.map(\.minimumQuantity)), \(prices.map(\.amount)))
            AS price (variant_id, minimum_quantity, amount_minor)
        WHERE amount_minor IS NOT NULL
        """
    }
}

extension PriceList: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let priority: Int32 = try row.decode("priority")
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"),
            customerGroup: try row.decode("customer_group"), currency: try row.decode("currency"),
            content: PriceListContent(
                name: try row.decode("name"), includesTax: try row.decode("includes_tax"), priority: Int(priority),
                isActive: try row.decode("is_active"), startsAt: try row.decode("starts_at"),
                endsAt: try row.decode("ends_at")),
            version: try row.decode("version"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }
}

extension ListedPrice: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            variant: try row.decode("variant_id"), minimumQuantity: try row.decode("minimum_quantity"),
            amount: try row.decode("amount_minor"))
    }
}
