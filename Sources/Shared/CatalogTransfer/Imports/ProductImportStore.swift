import Catalog
package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL about imports and their reports.
package struct ProductImportStore: Sendable {
    package init() {}

    /// The import, or nil.
    package func find(
        _ id: ID<ProductImport>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ProductImport? {
        try await executor.queryOne(ProductImportSQL.one(id, visibleTo: visibility), as: ProductImport.self)
    }

    /// A page of imports, the newest first.
    package func list(
        page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<ProductImport> {
        try await page.newestFirst("product_imports", by: \.id) { before, limit in
            try await executor.query(
                ProductImportSQL.list(visibleTo: visibility, before: before, limit: limit), as: ProductImport.self)
        }
    }

    /// A page of an import's report in the order of the file; all of it, or what had one outcome.
    package func rows(
        of id: ID<ProductImport>, _ outcome: ImportOutcome?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<ImportRow> {
        let after: ID<ImportRow>? = try page.cursor.map { text throws(Problem) in
            try Cursor.id(in: text, listing: "product_import_rows")
        }
        var rows = try await executor.query(
            ProductImportSQL.rows(of: id, outcome, after: after, limit: page.limit + 1), as: ImportRow.self)
        let failed = try await executor.query(
            ProductImportSQL.failedPictures(of: id, rows.compactMap(\.product)), as: FailedPicture.self)
        let byProduct = Dictionary(grouping: failed, by: \.product)
        for index in rows.indices {
            guard let product = rows[index].product else { continue }
            rows[index].notes += (byProduct[product] ?? []).map(\.note)
        }
        return Page(fetched: rows, limit: page.limit) { Cursor(listing: "product_import_rows", after: $0.id) }
    }

    func insert(_ new: ProductImport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(ProductImportSQL.insert(new))
    }

    /// The import, for as long as the transaction lasts nobody else's.
    func lock(
        _ id: ID<ProductImport>, visibleTo visibility: Visibility = .everything, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> ProductImport? {
        try await transaction.queryOne(
            ProductImportSQL.one(id, visibleTo: visibility, locking: "FOR UPDATE"), as: ProductImport.self)
    }

    func update(_ one: ProductImport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(ProductImportSQL.update(one))
    }

    func add(
        _ rows: [ImportRow], to id: ID<ProductImport>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !rows.isEmpty else { return }
        try await transaction.pipeline(ProductImportSQL.insert(rows, of: id))
    }
}

private struct FailedPicture: PostgresRowDecodable, Sendable {
    let product: ID<Product>
    let note: ImportNote

    init(row: borrowing PostgresRow) throws(PostgresError) {
        product = try row.decode("product_id")
        let problem: String = try row.decode("problem")
        let url: String = try row.decode("url")
        note = ImportNote(
            line: try row.decode("line"), place: "picture", code: "picture",
            message: "\(UTF8Text(url).excerpt(200)) was not fetched: \(problem)")
    }
}

private enum ProductImportSQL {
    static let columns = """
        id, vendor_id, media_id, layout, currency, is_dry_run, state, created, updated, unchanged, refused, skipped, \
        kept_columns, problem, created_by, may_moderate, created_at, finished_at
        """

    static func one(
        _ id: ID<ProductImport>, visibleTo visibility: Visibility, locking: String = ""
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM product_imports
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(locking)
                """,
            parameters: [id, visibility.subject])
    }

    static func list(visibleTo visibility: Visibility, before: ID<ProductImport>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM product_imports
                WHERE \(fromCursor) AND \(visibility.condition("$3", vendor: "vendor_id = $3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject])
    }

    static func rows(
        of id: ID<ProductImport>, _ outcome: ImportOutcome?, after: ID<ImportRow>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id > $2", "$2::uuid", isSet: after != nil)
        let ofOutcome = OptionalFilter.condition("outcome = $4", "$4::text", isSet: outcome != nil)
        return PostgresStatement(
            sql: """
                SELECT id, line, last_line, key, outcome, product_id, problems, kept_columns FROM product_import_rows
                WHERE import_id = $1 AND \(fromCursor) AND \(ofOutcome) ORDER BY id LIMIT $3
                """,
            parameters: [id, after, limit, outcome])
    }

    static func failedPictures(of id: ID<ProductImport>, _ products: [ID<Product>]) -> PostgresStatement {
        """
        SELECT product_id, line, url, problem FROM product_import_pictures
        WHERE import_id = \(id) AND product_id = ANY (\(products)) AND state = 'failed'
        ORDER BY product_id, position
        """
    }

    static func insert(_ new: ProductImport) -> PostgresStatement {
        """
        INSERT INTO product_imports (id, vendor_id, media_id, layout, currency, is_dry_run, created_by, may_moderate, created_at)
        VALUES (\(new.id), \(new.vendor), \(new.media), \(new.layout?.rawValue), \(new.currency), \(new.isDryRun),
            \(new.author.actor.rawValue), \(new.author.mayModerate), \(new.createdAt))
        """
    }

    static func update(_ one: ProductImport) -> PostgresStatement {
        """
        UPDATE product_imports SET layout = \(one.layout?.rawValue), state = \(one.state), position = \(one.counts.all),
            created = \(one.counts.created), updated = \(one.counts.updated), unchanged = \(one.counts.unchanged),
            refused = \(one.counts.refused), skipped = \(one.counts.skipped), kept_columns = \(one.keptColumns),
            problem = \(one.problem), finished_at = \(one.finishedAt)
        WHERE id = \(one.id)
        """
    }

    static func insert(_ rows: [ImportRow], of id: ID<ProductImport>) -> PostgresStatement {
        """
        INSERT INTO product_import_rows (id, import_id, line, last_line, key, outcome, product_id, problems, kept_columns)
        SELECT told.id, \(id), told.line, told.last_line, told.key, told.outcome, told.product_id, told.problems,
            ARRAY(SELECT jsonb_array_elements_text(told.kept))
        FROM unnest(\(rows.map(\.id)), \(rows.map(\.line)), \(rows.map(\.lastLine)), \(rows.map(\.key)),
            \(rows.map(\.outcome)), \(rows.map(\.product)), \(rows.map { JSONValue.array($0.notes.map(\.json)) }),
            \(rows.map { JSONValue.array($0.keptColumns.map { .string($0) }) }))
            AS told (id, line, last_line, key, outcome, product_id, problems, kept)
        """
    }
}

extension ProductImport: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let layout: String? = try row.decode("layout")
        var counts = ImportCounts()
        counts.created = try row.decode("created")
        counts.updated = try row.decode("updated")
        counts.unchanged = try row.decode("unchanged")
        counts.refused = try row.decode("refused")
        counts.skipped = try row.decode("skipped")
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), media: try row.decode("media_id"),
            layout: layout.flatMap(ImportLayout.init), currency: try row.decode("currency"),
            isDryRun: try row.decode("is_dry_run"), state: try row.decode("state"), counts: counts,
            keptColumns: try row.decode("kept_columns"), problem: try row.decode("problem"),
            author: ImportAuthor(
                actor: AuditActor(rawValue: try row.decode("created_by")), mayModerate: try row.decode("may_moderate")),
            createdAt: try row.decode("created_at"), finishedAt: try row.decode("finished_at"))
    }
}

extension ImportRow: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let notes: JSONValue = try row.decode("problems")
        self.init(
            id: try row.decode("id"), line: try row.decode("line"), lastLine: try row.decode("last_line"),
            key: try row.decode("key"), outcome: try row.decode("outcome"), product: try row.decode("product_id"),
            notes: notes.arrayValue?.compactMap(ImportNote.init) ?? [], keptColumns: try row.decode("kept_columns"))
    }
}

extension ImportNote {
    fileprivate var json: JSONValue {
        ["line": .integer(Int64(line)), "place": .string(place), "code": .string(code), "message": .string(message)]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let line = json["line"]?.integerValue, let place = json["place"]?.textValue?.string,
            let code = json["code"]?.textValue?.string, let message = json["message"]?.textValue?.string
        else { return nil }
        self.init(line: Int(line), place: place, code: code, message: message)
    }
}
