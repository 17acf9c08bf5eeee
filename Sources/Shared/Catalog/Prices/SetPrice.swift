package import Core
package import Identity
package import Jobs

/// Says what variants cost, in each currency by itself.
package struct SetPrice: Sendable {
    /// In how many currencies a variant may have a price.
    package static let currencies = 20

    private let editing: ProductEditing
    private let acceptance: any PriceAcceptance

    package init(audit: AuditStore, clock: some WallClock, acceptance: some PriceAcceptance = AnyPrice()) {
        editing = ProductEditing(audit: audit, clock: clock)
        self.acceptance = acceptance
    }

    /// Sets the price in its currency, with all its sale prices.
    /// - Parameter version: of the product.
    /// - Throws: `Problem`: 404, 409 ("product-deleted"), 412, 422; `PostgresError`.
    package func callAsFunction(
        _ price: Price, of id: ID<Variant>, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> Price {
        var check = InputCheck()
        price.check(&check, at: "", acceptance: acceptance)
        try check.finish()
        var (edited, variant) = try await editing.begin(with: id, version: version, by: principal, in: work)
        let others = try await editing.store.prices(of: id, in: work).filter {
            $0.amount.currency != price.amount.currency
        }
        guard others.count < Self.currencies else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "/price/currency", code: "too_many",
                    message: "a variant has prices in at most \(Self.currencies) currencies")
            ])
        }
        try await work.pipeline(PriceSQL.set(price, of: id, product: edited.product.id))
        if price.amount.currency == edited.product.currency {
            variant.currentPrice = price.current(at: editing.now)
            edited.product.variants = edited.product.variants.map { $0.id == id ? variant : $0 }
        }
        _ = try await editing.finish(
            edited, "product.price_set",
            [
                "variant_id": .string(id.description), "amount_minor": .integer(price.amount.minorUnits),
                "currency": .string(price.amount.currency.code), "sales": .integer(Int64(price.sales.count)),
            ], by: principal, in: work)
        return price
    }

    /// Takes the price in a currency away.
    /// - Throws: `Problem`: 404; 409 ("own-currency") for the one that the product is sold in; `PostgresError`.
    package func remove(
        in currency: Currency, of id: ID<Variant>, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws {
        let (edited, _) = try await editing.begin(with: id, version: version, by: principal, in: work)
        guard currency != edited.product.currency else {
            throw Problem.conflict(
                "own-currency", title: "The product is sold in it", detail: "A variant keeps its price in \(currency)")
        }
        guard try await work.execute(PriceSQL.delete(of: id, in: currency)) == 1 else {
            throw Problem.notFound("price")
        }
        _ = try await editing.finish(
            edited, "product.price_removed",
            ["variant_id": .string(id.description), "currency": .string(currency.code)], by: principal, in: work)
    }
}
