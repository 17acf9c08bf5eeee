package import Core
package import Identity
package import Jobs

/// Takes a product through its life: onto the sale and off it, with the marketplace's review in between where it wants one.
package struct ChangeProductStatus: Sendable {
    /// What a reason must be like.
    package static let reason = TextRule(1...1_000, .lines)

    private let editing: ProductEditing

    package init(audit: AuditStore, clock: some WallClock) { editing = ProductEditing(audit: audit, clock: clock) }

    /// Puts a draft or archived product on sale or, where the marketplace looks at it first, into review.
    /// - Throws: `Problem`: 404, 409 ("wrong-status", "product-deleted"), 412, 422 for what it lacks; `PostgresError`.
    package func submit(
        _ id: ID<Product>, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        try await change(id, version, "product.submitted", by: principal, in: work) { edited throws(Problem) in
            guard [.draft, .archived].contains(edited.product.status) else { throw .wrongStatus(edited.product.status) }
            edited.product.status = edited.reviewsPublication ? .inReview : .active
        }
    }

    /// Takes a product off the sale or out of review: it is a draft again.
    /// - Throws: as `submit` does.
    package func withdraw(
        _ id: ID<Product>, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        try await change(id, version, "product.withdrawn", by: principal, in: work) { edited throws(Problem) in
            try edited.product.status.require(.draft)
            edited.product.status = .draft
        }
    }

    /// Ends the sale of a product for good; whoever knows it can still read it.
    /// - Throws: as `submit` does.
    package func archive(
        _ id: ID<Product>, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        try await change(id, version, "product.archived", by: principal, in: work) { edited throws(Problem) in
            try edited.product.status.require(.archived)
            edited.product.status = .archived
        }
    }

    /// Puts a product on sale that was in review.
    /// - Throws: as `submit` does.
    package func approve(
        _ id: ID<Product>, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        try await decide(id, version, .active, reason: nil, "product.approved", by: principal, in: work)
    }

    /// Gives a product that was in review back to its vendor, with the reason.
    /// - Throws: as `submit` does.
    package func reject(
        _ id: ID<Product>, reason: String, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        var check = InputCheck()
        check.text("/reason", reason, Self.reason)
        try check.finish()
        return try await decide(id, version, .draft, reason: reason, "product.rejected", by: principal, in: work)
    }

    private func decide(
        _ id: ID<Product>, _ version: Int64?, _ status: ProductStatus, reason: String?, _ action: String,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        let review = Review(reason: reason, by: principal.actor, at: editing.now)
        return try await change(id, version, action, by: principal, in: work) { edited throws(Problem) in
            guard edited.product.status == .inReview else { throw .wrongStatus(edited.product.status) }
            edited.product.status = status
            edited.product.review = review
        }
    }

    private func change(
        _ id: ID<Product>, _ version: Int64?, _ action: String, by principal: Principal, in work: UnitOfWork,
        _ body: (inout EditedProduct) throws(Problem) -> Void
    ) async throws -> Product {
        var edited = try await editing.begin(id, version: version, by: principal, in: work)
        try body(&edited)
        var payload: [UTF8Text: JSONValue] = ["status": .string(edited.product.status.rawValue)]
        if edited.product.review != edited.before.review, let reason = edited.product.review?.reason {
            payload["reason"] = .string(reason)
        }
        return try await editing.finish(
            edited, action, .object(payload), isStatusMeant: true, by: principal, in: work)
    }
}
