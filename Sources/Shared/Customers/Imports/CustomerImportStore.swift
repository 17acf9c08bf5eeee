package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL about imports of customers and their reports.
package struct CustomerImportStore: Sendable {
    package init() {}

    /// The import, or nil.
    package func find(
        _ id: ID<CustomerImport>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> CustomerImport? {
        try await executor.queryOne(
            "SELECT \(unescaped: CustomerImportSQL.columns) FROM customer_imports WHERE id = \(id)",
            as: CustomerImport.self)
    }

    /// A page of imports, the newest first.
    package func list(page: PageRequest, in executor: some PostgresExecutor) async throws -> Page<CustomerImport> {
        try await page.newestFirst("customer_imports", by: \.id) { before, limit in
            try await executor.query(
                CustomerImportSQL.list(before: before, limit: limit), as: CustomerImport.self)
        }
    }

    /// A page of an import's report in the order of the file; all of it, or what had one outcome.
    package func rows(
        of id: ID<CustomerImport>, _ outcome: CustomerImportRow.Outcome?, page: PageRequest,
        in executor: some PostgresExecutor
    ) async throws -> Page<CustomerImportRow> {
        let after: ID<CustomerImportRow>? = try page.cursor.map { text throws(Problem) in
            try Cursor.id(in: text, listing: "customer_import_rows")
        }
        let rows = try await executor.query(
            CustomerImportSQL.rows(of: id, outcome, after: after, limit: page.limit + 1), as: CustomerImportRow.self)
        return Page(fetched: rows, limit: page.limit) { Cursor(listing: "customer_import_rows", after: $0.id) }
    }

    func insert(_ new: CustomerImport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO customer_imports (id, media_id, is_dry_run, phone_country, locale, created_by, created_at)
            VALUES (\(new.id), \(new.media), \(new.isDryRun), \(new.phoneCountry.rawValue), \(new.locale.text),
                \(new.createdBy.rawValue), \(new.createdAt))
            """)
    }

    /// The import, for as long as the transaction lasts nobody else's; or nil.
    func lock(
        _ id: ID<CustomerImport>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> CustomerImport? {
        try await transaction.queryOne(
            "SELECT \(unescaped: CustomerImportSQL.columns) FROM customer_imports WHERE id = \(id) FOR UPDATE",
            as: CustomerImport.self)
    }

    func update(_ one: CustomerImport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE customer_imports SET state = \(one.state), position = \(one.counts.all), created = \(one.counts.created),
                duplicate = \(one.counts.duplicate), refused = \(one.counts.refused), problem = \(one.problem),
                finished_at = \(one.finishedAt)
            WHERE id = \(one.id)
            """)
    }

    func add(
        _ rows: [CustomerImportRow], to id: ID<CustomerImport>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !rows.isEmpty else { return }
        try await transaction.pipeline(
            """
            INSERT INTO customer_import_rows (id, import_id, line, outcome, account_id, problems)
            SELECT told.id, \(id), told.line, told.outcome, told.account_id, told.problems
            FROM unnest(\(rows.map(\.id)), \(rows.map(\.line)), \(rows.map(\.outcome)), \(rows.map(\.account)),
                \(rows.map { JSONValue.array($0.notes.map(\.json)) })) AS told (id, line, outcome, account_id, problems)
            """)
    }
}

private enum CustomerImportSQL {
    static let columns = """
        id, media_id, is_dry_run, phone_country, locale, state, created, duplicate, refused, problem, created_by, created_at, \
        finished_at
        """

    static func list(before: ID<CustomerImport>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: "SELECT \(columns) FROM customer_imports WHERE \(fromCursor) ORDER BY id DESC LIMIT $2",
            parameters: [before, limit])
    }

    static func rows(
        of id: ID<CustomerImport>, _ outcome: CustomerImportRow.Outcome?, after: ID<CustomerImportRow>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id > $2", "$2::uuid", isSet: after != nil)
        let ofOutcome = OptionalFilter.condition("outcome = $4", "$4::text", isSet: outcome != nil)
        return PostgresStatement(
            sql: """
                SELECT id, line, outcome, account_id, problems FROM customer_import_rows
                WHERE import_id = $1 AND \(fromCursor) AND \(ofOutcome) ORDER BY id LIMIT $3
                """,
            parameters: [id, after, limit, outcome])
    }
}

extension CustomerImport: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let country: String = try row.decode("phone_country")
        guard let country = PhoneCountry(rawValue: country) else {
            throw .decoding("\(country) is no country of numbers")
        }
        self.init(
            id: try row.decode("id"), media: try row.decode("media_id"), isDryRun: try row.decode("is_dry_run"),
            phoneCountry: country, locale: try LanguageTag(stored: row.decode("locale")),
            state: try row.decode("state"),
            counts: CustomerImportCounts(
                created: try row.decode("created"), duplicate: try row.decode("duplicate"),
                refused: try row.decode("refused")), problem: try row.decode("problem"),
            createdBy: AuditActor(rawValue: try row.decode("created_by")), createdAt: try row.decode("created_at"),
            finishedAt: try row.decode("finished_at"))
    }
}

extension CustomerImportRow: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let line: Int64 = try row.decode("line")
        let notes: JSONValue = try row.decode("problems")
        self.init(
            id: try row.decode("id"), line: Int(line), outcome: try row.decode("outcome"),
            account: try row.decode("account_id"),
            notes: notes.arrayValue?.compactMap(CustomerImportNote.init) ?? [])
    }
}

extension CustomerImportNote {
    fileprivate var json: JSONValue {
        ["column": .string(column), "code": .string(code), "message": .string(message)]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let column = json["column"]?.textValue?.string, let code = json["code"]?.textValue?.string,
            let message = json["message"]?.textValue?.string
        else { return nil }
        self.init(column: column, code: code, message: message)
    }
}
