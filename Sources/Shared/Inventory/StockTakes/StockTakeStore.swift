import Catalog
package import Core
import Foundation
package import Identity
package import Postgres
import Vendors

/// All SQL about stock takes.
package struct StockTakeStore: Sendable {
    package init() {}

    /// A page of stock takes, the newest first.
    package func takes(
        page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<StockTake> {
        try await page.newestFirst("stock_takes", by: \.id) { before, limit in
            try await executor.query(
                TakeSQL.list(visibleTo: visibility, before: before, limit: limit), as: StockTake.self)
        }
    }

    /// One of them, or nil.
    package func take(
        _ id: ID<StockTake>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> StockTake? {
        try await executor.queryOne(TakeSQL.one(id, visibleTo: visibility), as: StockTake.self)
    }

    /// A page of rows in the order of the table, those of one outcome or all.
    package func rows(
        of id: ID<StockTake>, outcome: StockTakeOutcome?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<StockTakeRow> {
        let listing = "stock_take_rows"
        let after: Int? = try page.cursor.map { text throws(Problem) in
            guard let line = Int(try Cursor(decoding: text, listing: listing).keys[0]) else { throw .invalidCursor }
            return line
        }
        let rows = try await executor.query(
            TakeSQL.rows(of: id, outcome: outcome, after: after ?? 0, limit: page.limit + 1), as: StockTakeRow.self)
        return Page(fetched: rows, limit: page.limit) { Cursor(listing: listing, keys: ["\($0.line)"]) }
    }

    func insert(
        _ take: StockTake, _ rows: [StockTakeRow], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(TakeSQL.insert(take))
        try await transaction.pipeline(TakeSQL.insert(rows, of: take.id))
    }

    /// The first rows whose turn has not come.
    func waiting(
        of id: ID<StockTake>, limit: Int, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [StockTakeRow] {
        try await transaction.query(
            """
            SELECT \(unescaped: TakeSQL.rowColumns) FROM stock_take_rows WHERE take_id = \(id) AND outcome IS NULL
            ORDER BY line LIMIT \(limit)
            """, as: StockTakeRow.self)
    }

    func record(
        _ rows: [StockTakeRow], of id: ID<StockTake>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(TakeSQL.record(rows, of: id))
    }

    /// - Returns: false where it was finished before.
    func finish(
        _ id: ID<StockTake>, at now: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            "UPDATE stock_takes SET state = 'done', finished_at = \(now) WHERE id = \(id) AND state = 'waiting'") == 1
    }

    /// What the words of rows mean: the vendor's variants by their SKU, its locations by name and by id, batches by code.
    func names(
        in rows: [StockTakeRow], of vendor: ID<Vendor>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> StockTakeNames {
        let variants = try await executor.query(
            """
            SELECT sku, id, kind = 'physical' FROM variants
            WHERE vendor_id = \(vendor) AND sku = ANY(\(rows.map(\.sku))) AND removed_at IS NULL
            """, columns: (String, ID<Variant>, Bool).self)
        let locations = try await executor.query(
            "SELECT name, id FROM pickup_locations WHERE vendor_id = \(vendor)",
            columns: (String, ID<PickupLocation>).self)
        let batches = try await executor.query(
            """
            SELECT variant_id, code, id FROM stock_batches
            WHERE variant_id = ANY(\(variants.map(\.1))::uuid[]) AND code = ANY(\(rows.map(\.batch)))
            """, columns: (ID<Variant>, String, ID<StockBatch>).self)
        return StockTakeNames(variants: variants, locations: locations, batches: batches)
    }
}

/// What the words of a stock take's rows mean.
struct StockTakeNames: Sendable {
    private var variants: [UTF8Text: (id: ID<Variant>, isPhysical: Bool)] = [:]
    private var locations: [UTF8Text: [ID<PickupLocation>]] = [:]
    private var batches: [ID<Variant>: [UTF8Text: ID<StockBatch>]] = [:]

    init(
        variants: [(String, ID<Variant>, Bool)], locations: [(String, ID<PickupLocation>)],
        batches: [(ID<Variant>, String, ID<StockBatch>)]
    ) {
        for (sku, id, isPhysical) in variants { self.variants[UTF8Text(sku)] = (id, isPhysical) }
        for (name, id) in locations {
            self.locations[UTF8Text(name), default: []].append(id)
            self.locations[UTF8Text(id.description), default: []].append(id)
        }
        for (variant, code, id) in batches { self.batches[variant, default: [:]][UTF8Text(code)] = id }
    }

    var variantIDs: [ID<Variant>] { variants.values.filter(\.isPhysical).map(\.id) }

    /// Whose stock a row counts, and where; or why that can't be said.
    func meaning(of row: StockTakeRow) -> Result<(variant: ID<Variant>, place: StockPlace), UnclearRow> {
        guard let variant = variants[UTF8Text(row.sku)] else { return .failure(UnclearRow(outcome: .unknownSKU)) }
        guard variant.isPhysical else { return .failure(UnclearRow(outcome: .licenceKeys)) }
        var location: ID<PickupLocation>?
        if !row.location.isEmpty {
            guard let known = locations[UTF8Text(row.location)], known.count == 1 else {
                return .failure(UnclearRow(outcome: .unknownLocation))
            }
            location = known[0]
        }
        var batch: ID<StockBatch>?
        if !row.batch.isEmpty {
            guard let known = batches[variant.id]?[UTF8Text(row.batch)] else {
                return .failure(UnclearRow(outcome: .unknownBatch))
            }
            batch = known
        }
        return .success((variant.id, StockPlace(location: location, batch: batch)))
    }
}

/// A row that says nothing that can be counted.
struct UnclearRow: Error {
    let outcome: StockTakeOutcome
}

extension StockTake: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let names: [String] = try row.decode("outcomes")
        let counts: [Int64] = try row.decode("outcome_counts")
        let pairs = zip(names, counts).compactMap { name, count in
            StockTakeOutcome(rawValue: name).map { ($0, Int(count)) }
        }
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), state: try row.decode("state"),
            rowCount: try row.decode("row_count"), outcomes: Dictionary(pairs, uniquingKeysWith: +),
            createdBy: AuditActor(rawValue: try row.decode("created_by")), createdAt: try row.decode("created_at"),
            finishedAt: try row.decode("finished_at"))
    }
}

extension StockTakeRow: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            line: try row.decode("line"), sku: try row.decode("sku"), location: try row.decode("location"),
            batch: try row.decode("batch"), expected: try row.decode("expected"), counted: try row.decode("counted"),
            outcome: try row.decode("outcome"), found: try row.decode("found"))
    }
}

private enum TakeSQL {
    static let rowColumns = "line::int8 AS line, sku, location, batch, expected, counted, outcome, found"

    /// With its rows counted by what came of them.
    private static let counted = """
        SELECT take.id, vendor_id, state, row_count::int8 AS row_count, created_by, created_at, finished_at,
            tally.outcomes, tally.outcome_counts
        FROM stock_takes AS take CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(outcome), '{}') AS outcomes, coalesce(array_agg(count), '{}') AS outcome_counts
            FROM (
                SELECT outcome, count(*) AS count FROM stock_take_rows
                WHERE take_id = take.id AND outcome IS NOT NULL GROUP BY outcome
            ) AS came
        ) AS tally
        """

    static func list(visibleTo visibility: Visibility, before: ID<StockTake>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("take.id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                \(counted) WHERE \(fromCursor) AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                ORDER BY take.id DESC LIMIT $3
                """,
            parameters: [before, visibility.subject, limit])
    }

    static func one(_ id: ID<StockTake>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: "\(counted) WHERE take.id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2"))",
            parameters: [id, visibility.subject])
    }

    static func rows(
        of id: ID<StockTake>, outcome: StockTakeOutcome?, after line: Int, limit: Int
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(rowColumns) FROM stock_take_rows
                WHERE take_id = $1 AND line > $2 AND \(OptionalFilter.equals("outcome", outcome)) ORDER BY line LIMIT $3
                """,
            parameters: [id, line, limit])
    }

    static func insert(_ take: StockTake) -> PostgresStatement {
        """
        INSERT INTO stock_takes (id, vendor_id, row_count, created_by, created_at)
        VALUES (\(take.id), \(take.vendor), \(Int32(take.rowCount)), \(take.createdBy.rawValue), \(take.createdAt))
        """
    }

    static func insert(_ rows: [StockTakeRow], of id: ID<StockTake>) -> PostgresStatement {
        """
        INSERT INTO stock_take_rows (take_id, line, sku, location, batch, expected, counted)
        SELECT \(id), entered.* FROM unnest(\(rows.map { Int32($0.line) }), \(rows.map(\.sku)), \(rows.map(\.location)),
            \(rows.map(\.batch)), \(rows.map(\.expected)), \(rows.map(\.counted))) AS entered
        """
    }

    static func record(_ rows: [StockTakeRow], of id: ID<StockTake>) -> PostgresStatement {
        """
        UPDATE stock_take_rows SET outcome = came.outcome, found = came.found
        FROM unnest(\(rows.map { Int32($0.line) }), \(rows.map { $0.outcome?.rawValue }), \(rows.map(\.found)))
            AS came (line, outcome, found)
        WHERE take_id = \(id) AND stock_take_rows.line = came.line
        """
    }
}
