import Catalog
import CommerceTestSupport
import Core
import Identity
import Jobs
import Postgres
import Testing
import Vendors

@Suite("The life of a product")
struct ProductStatusTests {
    private let key = NewVariant(sku: "S", kind: .licenceKey, price: Money(minorUnits: 100, currency: .bdt))

    private func seller(of vendor: Vendor) -> Principal {
        Principal(.vendorMember(vendor.id.uuid), permissions: [.productsUpdate], visibility: .vendor(vendor.id.uuid))
    }

    private func moderate(_ moderation: Moderation, in market: Marketplace) async throws {
        _ = try await market.work {
            try await UpdateCatalogueSettings(audit: market.audit)(
                CatalogueSettingsChanges(moderation: moderation), version: nil, by: .system, in: $0)
        }
    }

    private func changes(_ market: Marketplace) -> ChangeProductStatus {
        ChangeProductStatus(audit: market.audit, clock: market.clock)
    }

    @Test("Without moderation a vendor puts a product on sale and takes it off")
    func unmoderated() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let product = try await market.product(of: vendor, isOnSale: false, key)
            let seller = seller(of: vendor)
            let status = changes(market)
            let active = try await market.work { try await status.submit(product.id, by: seller, in: $0) }
            #expect(active.status == .active && active.publishedAt == market.clock.now)
            let archived = try await market.work { try await status.archive(product.id, by: seller, in: $0) }
            #expect(archived.status == .archived)
            #expect(try await ProductStore().product(product.id, visibleTo: .nothing, in: market.client) == archived)
            let again = try await market.work { try await status.submit(product.id, by: seller, in: $0) }
            #expect(again.status == .active && again.publishedAt == active.publishedAt)
            let draft = try await market.work { try await status.withdraw(product.id, by: seller, in: $0) }
            #expect(draft.status == .draft && draft.version == 5)
            #expect(try await ProductStore().product(product.id, visibleTo: .nothing, in: market.client) == nil)
            let problem = await #expect(throws: Problem.self) {
                try await market.work { try await status.archive(product.id, by: seller, in: $0) }
            }
            #expect(problem?.type == "wrong-status")
        }
    }

    @Test("Where publication is moderated, a vendor’s product waits for a decision, which is kept with who made it")
    func moderated() async throws {
        try await Marketplace.open { market in
            try await moderate(.publication, in: market)
            let vendor = try await market.vendor()
            let product = try await market.product(of: vendor, isOnSale: false, key)
            let seller = seller(of: vendor)
            let status = changes(market)
            let waiting = try await market.work { try await status.submit(product.id, by: seller, in: $0) }
            #expect(waiting.status == .inReview)
            let offers = try await ProductStore().offers(
                for: product.variants.map(\.id), at: market.clock.now, in: market.client)
            #expect(offers.isEmpty)
            let rejected = try await market.work {
                try await status.reject(product.id, reason: "No picture", by: .system, in: $0)
            }
            #expect(rejected.status == .draft)
            #expect(rejected.review == Review(reason: "No picture", by: .system, at: market.clock.now))
            _ = try await market.work { try await status.submit(product.id, by: seller, in: $0) }
            let approved = try await market.work { try await status.approve(product.id, by: .system, in: $0) }
            #expect(approved.status == .active && approved.review?.reason == nil)
            let read = try await ProductStore().product(product.id, visibleTo: .everything, in: market.client)
            #expect(read == approved)
            let edited = try await market.work {
                try await UpdateProduct(audit: market.audit, clock: market.clock)(
                    product.id, ProductChanges(title: "New"), version: nil, by: seller, in: $0)
            }
            #expect(edited.status == .active)
        }
    }

    @Test(
        "Where edits are moderated, a vendor’s edit takes a product off the sale until it is approved; the marketplace’s own does not"
    )
    func moderatedEdits() async throws {
        try await Marketplace.open { market in
            try await moderate(.edits, in: market)
            let vendor = try await market.vendor()
            let product = try await market.product(of: vendor, key)
            let update = UpdateProduct(audit: market.audit, clock: market.clock)
            let own = try await market.work {
                try await update(product.id, ProductChanges(title: "A"), version: nil, by: .system, in: $0)
            }
            #expect(own.status == .active)
            let seller = seller(of: vendor)
            let edited = try await market.work {
                try await update(product.id, ProductChanges(title: "B"), version: nil, by: seller, in: $0)
            }
            #expect(edited.status == .inReview)
            _ = try await market.work { try await changes(market).approve(product.id, by: .system, in: $0) }
            let priced = try await market.work {
                try await SetPrice(audit: market.audit, clock: market.clock)(
                    Price(amount: Money(minorUnits: 90, currency: .bdt)), of: product.variants[0].id, by: seller, in: $0
                )
            }
            #expect(priced.amount.minorUnits == 90)
            let read = try await ProductStore().product(product.id, visibleTo: .everything, in: market.client)
            #expect(read?.status == .inReview)
        }
    }

    @Test("Only the states that lead on do", arguments: ProductStatus.allCases)
    func transitions(from status: ProductStatus) async throws {
        try await Marketplace.open { market in
            let product = try await market.product(of: market.vendor(), isOnSale: false, key)
            try await market.owner.execute("UPDATE products SET status = \(status)")
            let change = changes(market)
            func reached(
                _ body: @Sendable (UnitOfWork) async throws -> Product
            ) async throws -> ProductStatus? {
                do {
                    return try await market.work { work in throw Reached(status: try await body(work).status) }
                } catch let reached as Reached {
                    return reached.status
                } catch let problem as Problem where problem.type == "wrong-status" {
                    return nil
                }
            }
            let id = product.id
            let all: [ProductStatus?] = [
                try await reached { try await change.submit(id, by: .system, in: $0) },
                try await reached { try await change.withdraw(id, by: .system, in: $0) },
                try await reached { try await change.archive(id, by: .system, in: $0) },
                try await reached { try await change.approve(id, by: .system, in: $0) },
                try await reached { try await change.reject(id, reason: "x", by: .system, in: $0) },
            ]
            let expected: [ProductStatus?] =
                switch status {
                case .draft: [.active, nil, nil, nil, nil]
                case .inReview: [nil, .draft, nil, .active, .draft]
                case .active: [nil, .draft, .archived, nil, nil]
                case .archived: [.active, .draft, nil, nil, nil]
                }
            #expect(all == expected)
        }
    }
}

/// Ends a transaction without its effect, and tells where it led.
private struct Reached: Error {
    let status: ProductStatus
}
