package import Core
package import Identity
package import Jobs

/// Edits a product from the version that the editor saw.
package struct UpdateProduct: Sendable {
    private let store = ProductStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// The product after the edit. `version` nil edits whatever version there is.
    /// - Throws: `Problem`: 404, 412 ("version-mismatch") when it was edited since `version`, 422; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Product>, _ changes: ProductChanges, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        try changes.check()
        let reach = principal.visibility
        let updated = try await store.update(id, changes, version: version, visibleTo: reach, in: work)
        guard let product = try await store.product(id, visibleTo: reach, in: work),
            reach.includes(vendor: product.vendor.uuid)
        else { throw Problem.notFound("product") }
        guard updated != nil else { throw Problem.versionMismatch(current: product.version) }
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "product.updated", subject: id, payload: changes.record),
            in: work)
        return product
    }
}

extension ProductChanges {
    fileprivate var record: JSONValue {
        var members: [UTF8Text: JSONValue] = [:]
        if let title { members["title"] = .string(title) }
        if let description { members["description"] = .string(description) }
        if let status { members["status"] = .string(status.rawValue) }
        return .object(members)
    }
}
