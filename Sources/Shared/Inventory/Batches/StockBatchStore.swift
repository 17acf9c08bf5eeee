package import Catalog
package import Core
import Foundation
import Identity
package import Postgres
import Registrations
import Values
import Vendors

/// All SQL about batches.
package struct StockBatchStore: Sendable {
    package static let mostPerVariant = 1_000

    package init() {}

    /// A page of a variant's batches, the newest first.
    package func batches(
        of variant: ID<Variant>, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<CountedBatch> {
        try await page.newestFirst("stock_batches", by: \.batch.id) { before, limit in
            try await executor.query(
                BatchSQL.list(of: variant, before: before, limit: limit), as: CountedBatch.self)
        }
    }

    /// The batch, held until the transaction ends, or nil.
    func held(
        _ id: ID<StockBatch>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> StockBatch? {
        try await transaction.queryOne(BatchSQL.held(id, visibleTo: visibility), as: StockBatch.self)
    }

    func count(of variant: ID<Variant>, in executor: some PostgresExecutor) async throws(PostgresError) -> Int {
        try await executor.queryValue(
            "SELECT count(*) FROM stock_batches WHERE variant_id = \(variant)", as: Int.self) ?? 0
    }

    /// - Returns: false where the variant has a batch of that code.
    func insert(_ batch: StockBatch, in transaction: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await transaction.execute(BatchSQL.insert(batch)) == 1
    }

    /// Replaces what may change of a batch that is held.
    func update(_ batch: StockBatch, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(BatchSQL.update(batch))
    }

    /// Variants after one, in the order of their ids, of which there are units of batches that ended before these days.
    func ended(
        before days: EndOfBatches, after variant: ID<Variant>?, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Variant>] {
        try await executor.queryValues(
            BatchSQL.ended(before: days, after: variant, limit: limit), as: ID<Variant>.self)
    }

    /// Those batches of a variant that ended before these days.
    func ended(
        of variant: ID<Variant>, before days: EndOfBatches, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Set<ID<StockBatch>> {
        Set(try await executor.queryValues(BatchSQL.ended(of: variant, before: days), as: ID<StockBatch>.self))
    }
}

/// The present day where vendors are.
struct EndOfBatches: Sendable {
    let bangladesh: CivilDate
    let india: CivilDate
    let elsewhere: CivilDate

    init(at time: Date) {
        bangladesh = CivilDate(time, in: .bangladesh)
        india = CivilDate(time, in: .india)
        elsewhere = CivilDate(utc: time)
    }

    /// Whether a batch has ended where its vendor is.
    fileprivate static let condition = """
        stock_batches.sell_until < (CASE vendors.country WHEN 'BD' THEN $1 WHEN 'IN' THEN $2 ELSE $3 END AT TIME ZONE 'UTC')::date
        """

    fileprivate var parameters: [any PostgresEncodable] {
        [bangladesh.utcMidnight, india.utcMidnight, elsewhere.utcMidnight]
    }
}

extension StockBatch: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        func day(_ column: StaticString) throws(PostgresError) -> CivilDate? {
            try row.decode("\(column)", as: Date?.self).map(CivilDate.init(utc:))
        }
        self.init(
            id: try row.decode("id"), variant: try row.decode("variant_id"), vendor: try row.decode("vendor_id"),
            code: try row.decode("code"),
            days: BatchDays(
                manufacturedOn: try day("manufactured_on"), bestBefore: try day("best_before"),
                expiresOn: try day("expires_on"), sellUntil: try day("sell_until")),
            createdAt: try row.decode("created_at"))
    }
}

extension CountedBatch: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        batch = try StockBatch(row: row)
        onHand = try row.decode("on_hand")
    }
}

private enum BatchSQL {
    static let columns = """
        stock_batches.id, stock_batches.variant_id, stock_batches.vendor_id, code, manufactured_on, best_before, expires_on, \
        sell_until, created_at
        """

    static func list(of variant: ID<Variant>, before: ID<StockBatch>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns), coalesce((
                    SELECT sum(on_hand) FROM stock_levels WHERE stock_levels.variant_id = $1 AND batch_id = stock_batches.id
                ), 0)::int8 AS on_hand
                FROM stock_batches WHERE variant_id = $1 AND \(fromCursor) ORDER BY id DESC LIMIT $3
                """,
            parameters: [variant, before, limit])
    }

    static func held(_ id: ID<StockBatch>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM stock_batches
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) FOR UPDATE
                """,
            parameters: [id, visibility.subject])
    }

    static func insert(_ batch: StockBatch) -> PostgresStatement {
        let days = batch.days
        return """
            INSERT INTO stock_batches (id, variant_id, vendor_id, code, manufactured_on, best_before, expires_on, sell_until,
                created_at)
            VALUES (\(batch.id), \(batch.variant), \(batch.vendor), \(batch.code),
                (\(days.manufacturedOn?.utcMidnight) AT TIME ZONE 'UTC')::date,
                (\(days.bestBefore?.utcMidnight) AT TIME ZONE 'UTC')::date,
                (\(days.expiresOn?.utcMidnight) AT TIME ZONE 'UTC')::date,
                (\(days.sellUntil?.utcMidnight) AT TIME ZONE 'UTC')::date, \(batch.createdAt))
            ON CONFLICT (variant_id, code) DO NOTHING
            """
    }

    static func update(_ batch: StockBatch) -> PostgresStatement {
        let days = batch.days
        return """
            UPDATE stock_batches SET manufactured_on = (\(days.manufacturedOn?.utcMidnight) AT TIME ZONE 'UTC')::date,
                best_before = (\(days.bestBefore?.utcMidnight) AT TIME ZONE 'UTC')::date,
                expires_on = (\(days.expiresOn?.utcMidnight) AT TIME ZONE 'UTC')::date,
                sell_until = (\(days.sellUntil?.utcMidnight) AT TIME ZONE 'UTC')::date
            WHERE id = \(batch.id)
            """
    }

    private static let endedBatches = """
        stock_batches JOIN vendors ON vendors.id = stock_batches.vendor_id AND \(EndOfBatches.condition)
        """

    static func ended(before days: EndOfBatches, after variant: ID<Variant>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("stock_levels.variant_id > $4", "$4::uuid", isSet: variant != nil)
        return PostgresStatement(
            sql: """
                SELECT DISTINCT stock_levels.variant_id
                FROM stock_levels JOIN (\(endedBatches)) ON stock_batches.id = stock_levels.batch_id
                WHERE stock_levels.batch_id IS NOT NULL AND stock_levels.on_hand > 0 AND \(fromCursor)
                ORDER BY stock_levels.variant_id LIMIT $5
                """,
            parameters: days.parameters + [variant, limit])
    }

    static func ended(of variant: ID<Variant>, before days: EndOfBatches) -> PostgresStatement {
        PostgresStatement(
            sql: "SELECT stock_batches.id FROM \(endedBatches) WHERE stock_batches.variant_id = $4",
            parameters: days.parameters + [variant])
    }
}
