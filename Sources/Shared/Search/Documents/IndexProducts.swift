package import Catalog
package import Core
import Foundation
package import Jobs
import Postgres

/// Brings the documents of products in line with the catalogue.
package struct IndexProducts: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "search.index_product"
        package static let queue = QueueName.search

        package let productID: ID<Product>

        package init(productID: ID<Product>) { self.productID = productID }
    }

    /// The same for many of them at once.
    package struct ManyJob: JobPayload, Hashable {
        package static let kind = "search.index_products"
        package static let queue = QueueName.search

        package let productIDs: [ID<Product>]

        package init(productIDs: [ID<Product>]) { self.productIDs = productIDs }
    }

    /// How many products one transaction takes.
    package static let batch = 200

    private let clock: any WallClock

    package init(clock: some WallClock) { self.clock = clock }

    /// Afterwards those that are on sale have a document that tells what is known of them now, and the others have none.
    /// - Returns: how many are on sale.
    /// - Throws: `PostgresError`.
    @discardableResult
    package func callAsFunction(_ products: [ID<Product>], in work: UnitOfWork) async throws -> Int {
        guard !products.isEmpty else { return 0 }
        try await work.pipeline(DocumentSQL.lock(products))
        let sources = try await work.query(
            DocumentSourceSQL.sources(of: products, at: clock.now.roundedToMicroseconds), as: DocumentSource.self)
        let documents = sources.map(SearchDocument.init)
        let gone = Set(products).subtracting(sources.map(\.product))
        if !gone.isEmpty { try await work.pipeline(DocumentSQL.delete(gone.sorted())) }
        guard !documents.isEmpty else { return 0 }
        let facets = try await facets(of: documents, in: work)
        for document in documents.sorted(by: { $0.source.product < $1.source.product }) {
            try await work.pipeline(DocumentSQL.upsert(document, facets: facets))
        }
        for statement in DocumentSQL.setPrices(of: sources) { try await work.pipeline(statement) }
        let terms = Set(documents.flatMap(\.terms))
        if !terms.isEmpty { try await work.pipeline(DocumentSQL.note(Array(terms))) }
        return documents.count
    }

    private func facets(of documents: [SearchDocument], in work: UnitOfWork) async throws -> [FacetKey: Int32] {
        let keys = Array(Set(documents.flatMap(\.facets)))
        let known = try await FacetStore().ids(of: keys, in: work)
        guard known.count < keys.count else { return known }
        try await work.pipeline(DocumentSQL.number(keys))
        return try await FacetStore().ids(of: keys, in: work)
    }
}

/// All SQL about what facets are numbered.
struct FacetStore: Sendable {
    func ids(
        of keys: [FacetKey], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [FacetKey: Int32] {
        guard !keys.isEmpty else { return [:] }
        let rows = try await executor.query(
            DocumentSQL.facets(keys), columns: (FacetKey.Kind, UUID?, String, Int32).self)
        return Dictionary(
            rows.map { (FacetKey(kind: $0.0, subject: $0.1, code: $0.2), $0.3) },
            uniquingKeysWith: { first, _ in first })
    }
}
