package import Core
import Foundation
import Identity
package import Jobs
import Postgres
package import Vendors

/// Brings many products of one vendor into the catalogue, or in line with a file, in few statements.
package struct WriteProducts: Sendable {
    private let store = ProductStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let acceptance: any PriceAcceptance

    package init(
        audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock, acceptance: some PriceAcceptance = AnyPrice()
    ) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.acceptance = acceptance
    }

    /// - Parameters:
    ///   - drafts: no two of one key or with one SKU.
    ///   - isDryRun: whether nothing is written.
    /// - Returns: one for each of `drafts`, in their order.
    /// - Throws: `PostgresError`, also where somebody else took a SKU or a slug meanwhile.
    package func callAsFunction(
        _ drafts: [ProductDraft], of vendor: ID<Vendor>, by author: ImportAuthor, isDryRun: Bool, in work: UnitOfWork
    ) async throws -> [WrittenProduct] {
        let now = clock.now.roundedToMicroseconds
        var snapshot = try await ImportSnapshot(
            for: drafts, of: vendor, at: now, isLocking: !isDryRun, in: work)
        let planner = ImportPlanner(vendor: vendor, author: author, ids: ids, acceptance: acceptance, now: now)
        let plans = drafts.map { ($0, planner.plan($0, against: &snapshot)) }
        if !isDryRun {
            try await create(plans, in: work)
            try await update(plans, in: work)
            try await note(plans, of: vendor, by: author, in: work)
        }
        return plans.map { WrittenProduct($0.0, $0.1, isDryRun: isDryRun) }
    }

    private func create(_ plans: [(ProductDraft, ImportPlan)], in work: UnitOfWork) async throws {
        var products: [Product] = []
        var prices: [(variant: Variant, price: Price)] = []
        var places: [(product: ID<Product>, category: ID<Category>, position: Int)] = []
        for case (_, .create(let product, let itsPrices, let categories, _)) in plans {
            products.append(product)
            prices += zip(product.variants, itsPrices).map { ($0, $1) }
            places += categories.enumerated().map { (product.id, $0.element, $0.offset + 1) }
        }
        guard !products.isEmpty else { return }
        try await work.pipeline(ImportSQL.insert(products))
        try await work.pipeline(ImportSQL.claim(products.map { ($0.content.slug, $0.id) }))
        if products.contains(where: { !$0.options.isEmpty }) {
            try await work.pipeline(ImportSQL.insertOptions(of: products))
        }
        try await work.pipeline(ProductSQL.insert(products.flatMap(\.variants), areFirst: true))
        let plain = prices.filter { $0.price.sales.isEmpty }
        if !plain.isEmpty {
            try await work.pipeline(PriceSQL.set(plain.map { ($0.variant.id, $0.variant.product, $0.price) }))
        }
        for (variant, price) in prices where !price.sales.isEmpty {
            try await work.pipeline(PriceSQL.set(price, of: variant.id, product: variant.product))
        }
        if !places.isEmpty { try await work.pipeline(ImportSQL.place(places)) }
    }

    private func update(_ plans: [(ProductDraft, ImportPlan)], in work: UnitOfWork) async throws {
        for case (let draft, .update(let before, let product, let prices, _)) in plans {
            try await work.pipeline(ProductSQL.update(product))
            if product.options != before.product.options {
                try await work.pipeline(ProductSQL.deleteOptions(of: product.id))
                if !product.options.isEmpty {
                    try await work.pipeline(ProductSQL.insert(product.options, of: product.id))
                }
            }
            let known = Dictionary(before.product.variants.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            for variant in product.variants {
                guard let old = known[variant.id], old.details != variant.details else { continue }
                try await work.pipeline(ProductSQL.update(variant))
            }
            let new = product.variants.filter { known[$0.id] == nil }
            if !new.isEmpty { try await work.pipeline(ProductSQL.insert(new)) }
            for (variant, price) in prices {
                try await work.pipeline(PriceSQL.set(price, of: variant, product: product.id))
            }
            if let categories = draft.categories, categories != before.categories {
                for statement in CategorySQL.place(product.id, in: categories) { try await work.pipeline(statement) }
            }
        }
    }

    /// What a vendor's files call the products, its own columns, listings, evidence and events.
    private func note(
        _ plans: [(ProductDraft, ImportPlan)], of vendor: ID<Vendor>, by author: ImportAuthor, in work: UnitOfWork
    ) async throws {
        var refs: [(key: String, product: ID<Product>)] = []
        var extras: [(product: ID<Product>, variant: ID<Variant>?, fields: ExtraFields)] = []
        var listed: [ID<Product>] = []
        var changed: [ID<Product>] = []
        var entries: [AuditEntry] = []
        for (draft, plan) in plans {
            switch plan {
            case .create(let product, _, let categories, _):
                refs.append((draft.key, product.id))
                extras += ImportSnapshot.Existing(product: product).extras(with: draft, variants: product.variants)
                    .filter { !$0.fields.isEmpty }.map { (product.id, $0.variant, $0.fields) }
                if !categories.isEmpty { listed.append(product.id) }
                changed.append(product.id)
                entries.append(entry("product.created", product, author))
            case .update(let before, let product, _, _):
                refs.append((draft.key, product.id))
                extras += before.extras(with: draft, variants: product.variants)
                    .filter { $0.fields != before.extraFields[$0.variant] ?? [:] }
                    .map { (product.id, $0.variant, $0.fields) }
                listed.append(product.id)
                changed.append(product.id)
                entries.append(entry("product.updated", product, author))
            case .unchanged(let existing): refs.append((draft.key, existing.product.id))
            case .refused: break
            }
        }
        if !refs.isEmpty { try await work.pipeline(ImportSQL.refer(refs, of: vendor)) }
        if !extras.isEmpty { try await work.pipeline(ImportSQL.keep(extras)) }
        if !listed.isEmpty { try await work.pipeline(ProductSQL.listInCategories(listed)) }
        try await audit.append(entries, in: work)
        if !changed.isEmpty { try work.publish(ProductsImported(products: changed, vendorID: vendor)) }
    }

    private func entry(_ action: String, _ product: Product, _ author: ImportAuthor) -> AuditEntry {
        AuditEntry(
            actor: author.actor, action: action, subject: product.id,
            payload: [
                "status": .string(product.status.rawValue), "vendor_id": .string(product.vendor.description),
                "slug": .string(product.content.slug.rawValue), "is_import": true,
            ])
    }
}

extension WrittenProduct {
    fileprivate init(_ draft: ProductDraft, _ plan: ImportPlan, isDryRun: Bool) {
        switch plan {
        case .create(let product, _, _, let notes):
            self.init(.created, isDryRun ? nil : product.id, notes, isDryRun ? [] : product.variants)
        case .update(_, let product, _, let notes): self.init(.updated, product.id, notes, product.variants)
        case .unchanged(let existing): self.init(.unchanged, existing.product.id, [], existing.product.variants)
        case .refused(let problems): self.init(.refused, nil, problems, [])
        }
    }

    private init(_ outcome: Outcome, _ product: ID<Product>?, _ problems: [FieldProblem], _ variants: [Variant]) {
        self.init(
            outcome: outcome, product: product, problems: problems,
            variants: Dictionary(
                variants.map { (UTF8Text($0.sku), $0.id) }, uniquingKeysWith: { first, _ in first }))
    }
}
