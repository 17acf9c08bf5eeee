package import Catalog
package import Core
import Foundation
package import Jobs
import Postgres
package import Vendors

/// Notes all products of a category, a vendor or an attribute whose documents are to be made anew.
package struct MarkStaleProducts: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "search.mark_stale"
        package static let queue = QueueName.search

        package let categoryID: ID<Catalog.Category>?
        package let vendorID: ID<Vendor>?
        package let attributeID: ID<Attribute>?

        package init(
            categoryID: ID<Catalog.Category>? = nil, vendorID: ID<Vendor>? = nil, attributeID: ID<Attribute>? = nil
        ) {
            self.categoryID = categoryID
            self.vendorID = vendorID
            self.attributeID = attributeID
        }
    }

    package init() {}

    /// What has been noted is brought in line by a job of its own.
    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        let noted = try await work.execute(StaleSQL.mark(job))
        if noted > 0 { try work.enqueue(RefreshSearch.Job()) }
    }
}

/// Makes the documents anew that are noted, and those that time has changed.
package struct RefreshSearch: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "search.refresh"
        package static let queue = QueueName.search

        package init() {}
    }

    /// In one run; what is left is for the next one, which follows at once.
    private static let mostBatches = 50

    private let index: IndexProducts
    private let clock: any WallClock

    package init(clock: some WallClock) {
        index = IndexProducts(clock: clock)
        self.clock = clock
    }

    /// Several may run at once: each takes what no other one has.
    package func run(in claim: some Claim) async throws {
        for _ in 0..<Self.mostBatches {
            let taken = try await claim.withUnitOfWork { work in try await turn(in: work) }
            guard taken > 0 else { return try await claim.finish { _ in } }
        }
        try await claim.finish { work in try work.enqueue(Job()) }
    }

    /// - Returns: how many products were taken.
    private func turn(in work: UnitOfWork) async throws -> Int {
        var products = Set(try await work.queryValues(StaleSQL.take(atMost: IndexProducts.batch), as: ID<Product>.self))
        if products.isEmpty {
            let now = clock.now.roundedToMicroseconds
            products = Set(
                try await work.queryValues(
                    StaleSQL.changed(before: now, atMost: IndexProducts.batch), as: ID<Product>.self))
        }
        try await index(products.sorted(), in: work)
        return products.count
    }
}

private enum StaleSQL {
    static func mark(_ job: MarkStaleProducts.Job) -> PostgresStatement {
        if let category = job.categoryID {
            "INSERT INTO search_stale (product_id) SELECT product_id FROM category_listings WHERE category_id = \(category)"
        } else if let vendor = job.vendorID {
            """
            INSERT INTO search_stale (product_id) SELECT id FROM products
            WHERE vendor_id = \(vendor) AND status = 'active' AND deleted_at IS NULL
            """
        } else {
            """
            INSERT INTO search_stale (product_id) SELECT value.product_id FROM product_attribute_values AS value
            JOIN search_documents AS document ON document.product_id = value.product_id
            WHERE value.attribute_id = \(job.attributeID)
            """
        }
    }

    static func take(atMost limit: Int) -> PostgresStatement {
        """
        DELETE FROM search_stale WHERE id IN (
            SELECT id FROM search_stale ORDER BY id LIMIT \(limit) FOR UPDATE SKIP LOCKED)
        RETURNING product_id
        """
    }

    static func changed(before moment: Date, atMost limit: Int) -> PostgresStatement {
        """
        SELECT product_id FROM search_documents WHERE changes_at <= \(moment) ORDER BY changes_at LIMIT \(limit)
        FOR UPDATE SKIP LOCKED
        """
    }
}
