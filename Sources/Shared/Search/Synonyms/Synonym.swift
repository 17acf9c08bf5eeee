package import Core
package import Foundation
package import Postgres

/// Words and phrases that are searched for as one: who looks for one of them finds what has any.
package struct Synonym: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "syn"

    package static let term = TextRule(1...60, .line)
    /// How many terms one has.
    package static let termCount = 2...20
    /// How many there may be.
    package static let most = 5_000

    package let id: ID<Synonym>
    package let terms: [String]
    package let createdAt: Date

    package init(id: ID<Synonym>, terms: [String], createdAt: Date) {
        self.id = id
        self.terms = terms
        self.createdAt = createdAt
    }
}

/// All SQL about synonyms.
package struct SynonymStore: Sendable {
    package init() {}

    /// A page of them, the newest first.
    package func synonyms(
        page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<Synonym> {
        try await page.newestFirst("synonyms", by: \.id) { before, limit in
            try await executor.query(SynonymSQL.list(before: before, limit: limit), as: Synonym.self)
        }
    }

    func count(in executor: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await executor.queryValue("SELECT count(*) FROM search_synonyms", as: Int64.self) ?? 0
    }

    /// - Parameter folded: the terms as searches see them.
    func insert(
        _ synonym: Synonym, folded: [String], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO search_synonyms (id, terms, created_at)
            VALUES (\(synonym.id), \(synonym.terms), \(synonym.createdAt))
            """)
        try await transaction.pipeline(
            """
            INSERT INTO search_synonym_terms (synonym_id, term) SELECT \(synonym.id), unnest(\(folded))
            """)
    }

    /// The synonym that is no more, or nil where there was none.
    func delete(
        _ id: ID<Synonym>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Synonym? {
        try await transaction.queryOne(
            "DELETE FROM search_synonyms WHERE id = \(id) RETURNING id, terms, created_at", as: Synonym.self)
    }
}

private enum SynonymSQL {
    static func list(before: ID<Synonym>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: "SELECT id, terms, created_at FROM search_synonyms WHERE \(fromCursor) ORDER BY id DESC LIMIT $2",
            parameters: [before, limit])
    }
}

extension Synonym: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), terms: try row.decode("terms"), createdAt: try row.decode("created_at"))
    }
}
