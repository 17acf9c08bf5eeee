package import Catalog
package import Core
import Foundation
package import Identity
package import Postgres
import Registrations
import Values
package import Vendors

/// Which batches are listed.
package struct KeyBatchFilter: Hashable, Sendable {
    package let vendor: ID<Vendor>?
    package let variant: ID<Variant>?
    /// Only those that are in quarantine, or only those that are not.
    package let isQuarantined: Bool?

    package init(vendor: ID<Vendor>? = nil, variant: ID<Variant>? = nil, isQuarantined: Bool? = nil) {
        self.vendor = vendor
        self.variant = variant
        self.isQuarantined = isQuarantined
    }
}

/// All SQL about batches of licence keys, and the figures of pools.
package struct LicenceKeyBatchStore: Sendable {
    package static let mostPerVariant = 10_000

    package init() {}

    /// A page of batches, the newest first.
    package func batches(
        _ filter: KeyBatchFilter, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<LicenceKeyBatch> {
        try await page.newestFirst("licence_key_batches", by: \.id) { before, limit in
            try await executor.query(
                KeyBatchSQL.list(filter, visibleTo: visibility, before: before, limit: limit), as: LicenceKeyBatch.self)
        }
    }

    /// One of them, or nil.
    package func batch(
        _ id: ID<LicenceKeyBatch>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> LicenceKeyBatch? {
        try await executor.queryOne(KeyBatchSQL.one(id, visibleTo: visibility), as: LicenceKeyBatch.self)
    }

    /// What became of a batch's keys.
    package func figures(
        of batch: ID<LicenceKeyBatch>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> KeyFigures {
        KeyFigures(rows: try await executor.query(KeyBatchSQL.figures(of: batch), columns: (String, Int64, Int64).self))
    }

    /// What became of all keys of a variant, whatever batch they are of.
    package func figures(
        of variant: ID<Variant>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> KeyFigures {
        KeyFigures(
            rows: try await executor.query(KeyBatchSQL.figures(of: variant), columns: (String, Int64, Int64).self))
    }

    /// The batch, which nobody puts in quarantine or takes out of it until the transaction ends; nil where it is out of reach.
    func kept(
        _ id: ID<LicenceKeyBatch>, visibleTo visibility: Visibility = .everything,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> LicenceKeyBatch? {
        try await transaction.queryOne(
            KeyBatchSQL.one(id, visibleTo: visibility, locking: "FOR SHARE"), as: LicenceKeyBatch.self)
    }

    /// The batch, held until the transaction ends.
    func held(
        _ id: ID<LicenceKeyBatch>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> LicenceKeyBatch? {
        try await transaction.queryOne(
            KeyBatchSQL.one(id, visibleTo: visibility, locking: "FOR UPDATE"), as: LicenceKeyBatch.self)
    }

    func count(of variant: ID<Variant>, in executor: some PostgresExecutor) async throws(PostgresError) -> Int {
        try await executor.queryValue(
            "SELECT count(*) FROM licence_key_batches WHERE variant_id = \(variant)", as: Int.self) ?? 0
    }

    func insert(_ batch: LicenceKeyBatch, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(KeyBatchSQL.insert(batch))
    }

    func set(
        _ quarantine: KeyQuarantine?, of batch: ID<LicenceKeyBatch>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE licence_key_batches SET quarantined_at = \(quarantine?.since), quarantine_reason = \(quarantine?.reason)
            WHERE id = \(batch)
            """)
    }

    /// Takes a batch's keys out of their pool or puts them back, but for those that may not be sold any more; how many.
    func move(
        keysOf batch: ID<LicenceKeyBatch>, from state: LicenceKeyState, to next: LicenceKeyState, soldOn day: CivilDate,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Int {
        try await transaction.execute(
            KeyBatchSQL.move(keysOf: batch, from: state, to: next, soldOn: day))
    }
}

extension LicenceKeyBatchStore {
    /// A variant of which keys are for sale that may not be sold any more.
    func ended(
        before day: CivilDate, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ID<Variant>? {
        try await executor.queryValue(
            """
            SELECT variant_id FROM licence_keys
            WHERE state = 'available' AND sell_until < \(day.iso8601)::text::date ORDER BY sell_until LIMIT 1
            """, as: ID<Variant>.self)
    }

    /// Takes such keys of a variant out of its pool; how many.
    func expire(
        keysOf variant: ID<Variant>, endedBefore day: CivilDate, limit: Int, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Int {
        try await transaction.execute(
            """
            UPDATE licence_keys SET state = 'expired' WHERE id IN (
                SELECT id FROM licence_keys
                WHERE variant_id = \(variant) AND state = 'available' AND sell_until < \(day.iso8601)::text::date
                ORDER BY sell_until, id LIMIT \(limit) FOR UPDATE
            ) AND state = 'available'
            """)
    }
}

extension KeyFigures {
    fileprivate init(rows: [(String, Int64, Int64)]) {
        var (counts, revealed) = ([LicenceKeyState: Int64](), Int64(0))
        for (name, count, seen) in rows {
            guard let state = LicenceKeyState(rawValue: name) else { continue }
            counts[state] = count
            if state == .assigned { revealed = seen }
        }
        self.init(counts, revealed: revealed)
    }
}

extension LicenceKeyBatch: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let since: Date? = try row.decode("quarantined_at")
        let reason: String? = try row.decode("quarantine_reason")
        let quarantine: KeyQuarantine? =
            if let since, let reason { KeyQuarantine(since: since, reason: reason) } else { nil }
        let minimumDays: Int32 = try row.decode("minimum_days")
        self.init(
            id: try row.decode("id"), variant: try row.decode("variant_id"), vendor: try row.decode("vendor_id"),
            details: KeyBatchDetails(
                source: try row.decode("source"), supplierReference: try row.decode("supplier_reference"),
                note: try row.decode("note"),
                receivedOn: try row.decode("received_on", as: Date?.self).map(CivilDate.init(utc:)),
                expiresOn: try row.decode("expires_on", as: Date?.self).map(CivilDate.init(utc:)),
                minimumDays: Int(minimumDays)),
            quarantine: quarantine, createdBy: AuditActor(rawValue: try row.decode("created_by")),
            createdAt: try row.decode("created_at"))
    }
}

private enum KeyBatchSQL {
    private static let columns = """
        id, variant_id, vendor_id, source, supplier_reference, note, received_on, expires_on, minimum_days, quarantined_at, \
        quarantine_reason, created_by, created_at
        """

    static func list(
        _ filter: KeyBatchFilter, visibleTo visibility: Visibility, before: ID<LicenceKeyBatch>?, limit: Int
    ) -> PostgresStatement {
        let conditions = [
            OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil),
            visibility.condition("$2", vendor: "vendor_id = $2"),
            OptionalFilter.condition("vendor_id = $4", "$4::uuid", isSet: filter.vendor != nil),
            OptionalFilter.condition("variant_id = $5", "$5::uuid", isSet: filter.variant != nil),
            OptionalFilter.condition(
                "(quarantined_at IS NOT NULL) = $6", "$6::boolean", isSet: filter.isQuarantined != nil),
        ]
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM licence_key_batches WHERE \(conditions.joined(separator: " AND "))
                ORDER BY id DESC LIMIT $3
                """,
            parameters: [before, visibility.subject, limit, filter.vendor, filter.variant, filter.isQuarantined])
    }

    static func one(
        _ id: ID<LicenceKeyBatch>, visibleTo visibility: Visibility, locking: String = ""
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM licence_key_batches
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(locking)
                """,
            parameters: [id, visibility.subject])
    }

    static func figures(of batch: ID<LicenceKeyBatch>) -> PostgresStatement {
        """
        SELECT state, count(*), count(first_revealed_at) FROM licence_keys WHERE batch_id = \(batch) GROUP BY state
        """
    }

    static func figures(of variant: ID<Variant>) -> PostgresStatement {
        """
        SELECT state, count(*), count(first_revealed_at) FROM licence_keys WHERE variant_id = \(variant) GROUP BY state
        """
    }

    static func insert(_ batch: LicenceKeyBatch) -> PostgresStatement {
        let details = batch.details
        return """
            INSERT INTO licence_key_batches (id, variant_id, vendor_id, source, supplier_reference, note, received_on, expires_on,
                minimum_days, created_by, created_at)
            VALUES (\(batch.id), \(batch.variant), \(batch.vendor), \(details.source), \(details.supplierReference),
                \(details.note), \(details.receivedOn?.iso8601)::text::date, \(details.expiresOn?.iso8601)::text::date,
                \(Int32(details.minimumDays)), \(batch.createdBy.rawValue), \(batch.createdAt))
            """
    }

    static func move(
        keysOf batch: ID<LicenceKeyBatch>, from state: LicenceKeyState, to next: LicenceKeyState, soldOn day: CivilDate
    ) -> PostgresStatement {
        """
        UPDATE licence_keys
        SET state = CASE WHEN \(next)::text = 'available' AND sell_until < \(day.iso8601)::text::date THEN 'expired'
            ELSE \(next)::text END
        WHERE batch_id = \(batch) AND state = \(state)
        """
    }
}
