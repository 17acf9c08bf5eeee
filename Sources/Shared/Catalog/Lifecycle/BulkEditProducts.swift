package import Core
package import Identity
package import Jobs

/// Edits many products at once, each for itself: what is wrong with one leaves the others as they are wanted.
package struct BulkEditProducts: Sendable {
    /// How many products one call may edit.
    package static let count = 1...100

    /// What is done to each.
    package enum Edit: Hashable, Sendable {
        case update(ProductChanges)
        case submit
        case withdraw
        case archive
        case delete
        case restore
        case approve
        case reject(reason: String)
    }

    /// What became of one.
    package struct Outcome: Sendable {
        package let product: ID<Product>
        /// The version after the edit.
        package let version: Int64?
        /// Why it was left as it is.
        package let problem: Problem?

        package init(product: ID<Product>, version: Int64?, problem: Problem?) {
            self.product = product
            self.version = version
            self.problem = problem
        }
    }

    private let updateProduct: UpdateProduct
    private let changeStatus: ChangeProductStatus
    private let deleteProduct: DeleteProduct

    package init(audit: AuditStore, clock: some WallClock) {
        updateProduct = UpdateProduct(audit: audit, clock: clock)
        changeStatus = ChangeProductStatus(audit: audit, clock: clock)
        deleteProduct = DeleteProduct(audit: audit, clock: clock)
    }

    /// - Returns: one outcome for each of `edits`, in their order.
    /// - Throws: a 422 `Problem` where there are too many, one is named twice, or a slug is to change, which is for one product alone;
    ///   `PostgresError`.
    package func callAsFunction(
        _ edits: [(product: ID<Product>, edit: Edit)], by principal: Principal, in work: UnitOfWork
    ) async throws -> [Outcome] {
        try check(edits)
        var outcomes: [ID<Product>: Outcome] = [:]
        // In one order for everybody, so that two such calls wait for each other and never in a circle.
        for (product, edit) in edits.sorted(by: { $0.product < $1.product }) {
            do {
                let version = try await apply(edit, to: product, by: principal, in: work)
                outcomes[product] = Outcome(product: product, version: version, problem: nil)
            } catch let problem as Problem {
                outcomes[product] = Outcome(product: product, version: nil, problem: problem)
            }
        }
        return edits.compactMap { outcomes[$0.product] }
    }

    private func check(_ edits: [(product: ID<Product>, edit: Edit)]) throws(Problem) {
        var check = InputCheck()
        check.number("/edits", edits.count, in: Self.count)
        var seen: Set<ID<Product>> = []
        for (index, edit) in edits.prefix(Self.count.upperBound).enumerated() {
            if !seen.insert(edit.product).inserted {
                check.fail("/edits/\(index)/product_id", "duplicate", "is named before")
            }
            // What the database itself may refuse would end the transaction for all.
            if case .update(let changes) = edit.edit, changes.slug != nil {
                check.fail("/edits/\(index)/slug", "not_allowed", "is changed for one product at a time")
            }
        }
        try check.finish()
    }

    private func apply(
        _ edit: Edit, to product: ID<Product>, by principal: Principal, in work: UnitOfWork
    ) async throws -> Int64? {
        switch edit {
        case .update(let changes):
            if case let taxClass?? = changes.taxClass { try await requireTaxClass(taxClass, in: work) }
            return try await updateProduct(product, changes, version: nil, by: principal, in: work).version
        case .submit: return try await changeStatus.submit(product, by: principal, in: work).version
        case .withdraw: return try await changeStatus.withdraw(product, by: principal, in: work).version
        case .archive: return try await changeStatus.archive(product, by: principal, in: work).version
        case .restore: return try await deleteProduct.restore(product, by: principal, in: work).version
        case .delete:
            try await deleteProduct(product, by: principal, in: work)
            return nil
        case .approve:
            try requireModerator(principal)
            return try await changeStatus.approve(product, by: principal, in: work).version
        case .reject(let reason):
            try requireModerator(principal)
            return try await changeStatus.reject(product, reason: reason, by: principal, in: work).version
        }
    }

    private func requireModerator(_ principal: Principal) throws(Problem) {
        guard principal.mayModerate else {
            throw Problem(
                type: "forbidden", title: "Forbidden", status: 403,
                detail: "This takes the permission products.moderate")
        }
    }

    private func requireTaxClass(_ code: String, in work: UnitOfWork) async throws {
        guard try await CatalogueSettingsStore().hasTaxClass(code, in: work) else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/tax_class", code: "unknown", message: "there is no such tax class")
            ])
        }
    }
}
