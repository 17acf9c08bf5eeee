package import Catalog
package import Core
import Foundation
package import Jobs
import Postgres

/// Makes all documents anew, in place and batch by batch: searches go on meanwhile and find each product by its old document or its new one.
package struct RebuildSearch: Sendable {
    /// How far it is.
    package struct Progress: Sendable, Hashable {
        /// Documents that tell now what the catalogue does.
        package internal(set) var documents = 0
        /// Documents of what is not on sale any more.
        package internal(set) var removed = 0

        init() {}
    }

    private let index: IndexProducts

    package init(clock: some WallClock) { index = IndexProducts(clock: clock) }

    /// Interrupted, it begins anew when it is called again; what is right already is only read.
    /// - Parameter report: is told how far it is after each batch.
    /// - Throws: `PostgresError`.
    package func callAsFunction(
        in scope: some WorkScope, report: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Progress {
        var progress = Progress()
        var last: ID<Product>?
        repeat {
            let (after, products, indexed) = try await scope.withUnitOfWork { [last] work in
                let products = try await work.queryValues(
                    RebuildSQL.onSale(after: last, atMost: IndexProducts.batch), as: ID<Product>.self)
                return (products.last, products.count, try await index(products, in: work))
            }
            progress.documents += indexed
            last = products < IndexProducts.batch ? nil : after
            report(progress)
        } while last != nil
        var removed = 0
        repeat {
            removed = try await scope.withUnitOfWork { work in
                let gone = try await work.queryValues(
                    RebuildSQL.notOnSale(atMost: IndexProducts.batch), as: ID<Product>.self)
                try await index(gone, in: work)
                return gone.count
            }
            progress.removed += removed
        } while removed == IndexProducts.batch
        report(progress)
        try await CountSearchTerms().count(in: scope)
        return progress
    }
}

/// Counts in how many products each term is, by which completions are ordered, and forgets those that are in none.
package struct CountSearchTerms: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "search.count_terms"
        package static let queue = QueueName.search

        package init() {}
    }

    /// So that no transaction takes long.
    private static let parts = 16

    package init() {}

    package func run(in claim: some Claim) async throws {
        try await count(in: claim)
        try await claim.finish { _ in }
    }

    func count(in scope: some WorkScope) async throws {
        for part in 0..<Self.parts {
            try await scope.withUnitOfWork { work in
                _ = try await work.execute(TermCountSQL.count(part, of: Self.parts))
            }
        }
    }
}

private enum RebuildSQL {
    static func onSale(after last: ID<Product>?, atMost limit: Int) -> PostgresStatement {
        let isAfter = OptionalFilter.condition("id > $1", "$1::uuid", isSet: last != nil)
        return PostgresStatement(
            sql: """
                SELECT id FROM products WHERE status = 'active' AND deleted_at IS NULL AND \(isAfter) ORDER BY id LIMIT $2
                """,
            parameters: [last, limit])
    }

    static func notOnSale(atMost limit: Int) -> PostgresStatement {
        """
        SELECT document.product_id FROM search_documents AS document
        JOIN products AS product ON product.id = document.product_id
        WHERE product.status <> 'active' OR product.deleted_at IS NOT NULL ORDER BY document.product_id LIMIT \(limit)
        """
    }
}

private enum TermCountSQL {
    static func count(_ part: Int, of parts: Int) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH counted AS MATERIALIZED (
                    SELECT term COLLATE "C" AS term, count(*)::int4 AS products FROM search_documents, unnest(terms) AS term
                    WHERE abs(hashtext(term)::int8) % $1::int8 = $2 GROUP BY 1
                ), updated AS (
                    UPDATE search_terms AS known SET products = counted.products FROM counted
                    WHERE known.term = counted.term AND known.products <> counted.products
                )
                DELETE FROM search_terms AS known WHERE abs(hashtext(known.term)::int8) % $1::int8 = $2
                    AND NOT EXISTS (SELECT FROM counted WHERE counted.term = known.term)
                """,
            parameters: [Int64(parts), Int64(part)])
    }
}
