package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL about files of licence keys and their reports.
package struct KeyFileImportStore: Sendable {
    package init() {}

    /// The import, or nil.
    package func find(
        _ id: ID<KeyFileImport>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> KeyFileImport? {
        try await executor.queryOne(KeyImportSQL.one(id, visibleTo: visibility), as: KeyFileImport.self)
    }

    /// A page of imports, the newest first; all of them, or those into one batch.
    package func imports(
        into batch: ID<LicenceKeyBatch>?, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<KeyFileImport> {
        try await page.newestFirst("licence_key_imports", by: \.id) { before, limit in
            try await executor.query(
                KeyImportSQL.list(into: batch, visibleTo: visibility, before: before, limit: limit),
                as: KeyFileImport.self)
        }
    }

    /// A page of an import's report in the order of the file; all of it, or what had one outcome.
    package func rows(
        of id: ID<KeyFileImport>, _ outcome: KeyOutcome?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<KeyImportRow> {
        let listing = "licence_key_import_rows"
        let after: Int64? = try page.cursor.map { text throws(Problem) in
            guard let line = Int64(try Cursor(decoding: text, listing: listing).keys[0]) else { throw .invalidCursor }
            return line
        }
        let rows = try await executor.query(
            KeyImportSQL.rows(of: id, outcome, after: after ?? 0, limit: page.limit + 1), as: KeyImportRow.self)
        return Page(fetched: rows, limit: page.limit) { Cursor(listing: listing, keys: ["\($0.line)"]) }
    }

    func insert(_ new: KeyFileImport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(KeyImportSQL.insert(new))
    }

    func add(
        part ciphertext: [UInt8], number: Int, to id: ID<KeyFileImport>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO licence_key_import_parts (import_id, number, ciphertext)
            VALUES (\(id), \(Int32(number)), \(ciphertext))
            """)
    }

    func part(
        _ number: Int, of id: ID<KeyFileImport>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [UInt8]? {
        try await executor.queryValue(
            "SELECT ciphertext FROM licence_key_import_parts WHERE import_id = \(id) AND number = \(Int32(number))",
            as: [UInt8].self)
    }

    func dropParts(of id: ID<KeyFileImport>, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline("DELETE FROM licence_key_import_parts WHERE import_id = \(id)")
    }

    /// The import, for as long as the transaction lasts nobody else's.
    func lock(
        _ id: ID<KeyFileImport>, visibleTo visibility: Visibility = .everything,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> KeyFileImport? {
        try await transaction.queryOne(
            KeyImportSQL.one(id, visibleTo: visibility, locking: "FOR UPDATE"), as: KeyFileImport.self)
    }

    func update(_ one: KeyFileImport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(KeyImportSQL.update(one))
    }

    func add(
        _ rows: [(id: UUID, row: KeyImportRow)], to id: ID<KeyFileImport>,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !rows.isEmpty else { return }
        try await transaction.pipeline(KeyImportSQL.insert(rows, of: id))
    }
}

private enum KeyImportSQL {
    private static let columns = """
        id, vendor_id, variant_id, batch_id, format, is_dry_run, state, imported, repeated, known, elsewhere, expired, refused, \
        problem, created_by, created_at, finished_at
        """

    static func one(
        _ id: ID<KeyFileImport>, visibleTo visibility: Visibility, locking: String = ""
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM licence_key_imports
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(locking)
                """,
            parameters: [id, visibility.subject])
    }

    static func list(
        into batch: ID<LicenceKeyBatch>?, visibleTo visibility: Visibility, before: ID<KeyFileImport>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        let ofBatch = OptionalFilter.condition("batch_id = $4", "$4::uuid", isSet: batch != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM licence_key_imports
                WHERE \(fromCursor) AND \(visibility.condition("$3", vendor: "vendor_id = $3")) AND \(ofBatch)
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject, batch])
    }

    /// Keys that joined the pool tell of themselves.
    static func rows(
        of id: ID<KeyFileImport>, _ outcome: KeyOutcome?, after line: Int64, limit: Int
    ) -> PostgresStatement {
        let isWanted = outcome == nil || outcome == .imported ? "TRUE" : "FALSE"
        return PostgresStatement(
            sql: """
                SELECT * FROM (
                    (SELECT line, 'imported' AS outcome, id AS key_id, NULL::int8 AS repeated_line, NULL::text AS code,
                        NULL::text AS message
                    FROM licence_keys WHERE import_id = $1 AND line > $2 AND \(isWanted) ORDER BY line LIMIT $3)
                    UNION ALL
                    (SELECT line, outcome, NULL, repeated_line, code, message
                    FROM licence_key_import_rows
                    WHERE import_id = $1 AND line > $2 AND \(OptionalFilter.equals("outcome", outcome))
                    ORDER BY line LIMIT $3)
                ) AS report ORDER BY line LIMIT $3
                """,
            parameters: [id, line, limit])
    }

    static func insert(_ new: KeyFileImport) -> PostgresStatement {
        """
        INSERT INTO licence_key_imports (id, vendor_id, variant_id, batch_id, format, is_dry_run, created_by, created_at)
        VALUES (\(new.id), \(new.vendor), \(new.variant), \(new.batch), \(new.format), \(new.isDryRun),
            \(new.createdBy.rawValue), \(new.createdAt))
        """
    }

    static func update(_ one: KeyFileImport) -> PostgresStatement {
        """
        UPDATE licence_key_imports SET state = \(one.state), position = \(one.counts.all), imported = \(one.counts[.imported]),
            repeated = \(one.counts[.repeated]), known = \(one.counts[.known]), elsewhere = \(one.counts[.elsewhere]),
            expired = \(one.counts[.expired]), refused = \(one.counts[.refused]), problem = \(one.problem),
            finished_at = \(one.finishedAt)
        WHERE id = \(one.id)
        """
    }

    static func insert(
        _ rows: [(id: UUID, row: KeyImportRow)], of id: ID<KeyFileImport>
    ) -> PostgresStatement {
        """
        INSERT INTO licence_key_import_rows (id, import_id, line, outcome, repeated_line, code, message)
        SELECT told.id, \(id), told.line, told.outcome, told.repeated_line, told.code, told.message
        FROM unnest(\(rows.map(\.id)), \(rows.map(\.row.line)), \(rows.map(\.row.outcome)), \(rows.map(\.row.repeatedLine)),
            \(rows.map(\.row.code)), \(rows.map(\.row.message))) AS told (id, line, outcome, repeated_line, code, message)
        """
    }
}

extension KeyFileImport: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        var counts: [KeyOutcome: Int64] = [:]
        counts[.imported] = try row.decode("imported")
        counts[.repeated] = try row.decode("repeated")
        counts[.known] = try row.decode("known")
        counts[.elsewhere] = try row.decode("elsewhere")
        counts[.expired] = try row.decode("expired")
        counts[.refused] = try row.decode("refused")
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), variant: try row.decode("variant_id"),
            batch: try row.decode("batch_id"), format: try row.decode("format"),
            isDryRun: try row.decode("is_dry_run"), state: try row.decode("state"), counts: KeyImportCounts(counts),
            problem: try row.decode("problem"), createdBy: AuditActor(rawValue: try row.decode("created_by")),
            createdAt: try row.decode("created_at"), finishedAt: try row.decode("finished_at"))
    }
}

extension KeyImportRow: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            line: try row.decode("line"), outcome: try row.decode("outcome"), key: try row.decode("key_id"),
            repeatedLine: try row.decode("repeated_line"), code: try row.decode("code"),
            message: try row.decode("message"))
    }
}
