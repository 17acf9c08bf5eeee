import Core
import Foundation
import Identity
import Postgres
import Vendors

/// What the database has that some drafts are compared with, read in few statements.
struct ImportSnapshot: Sendable {
    typealias Existing = CatalogueEntry

    var products: [ID<Product>: Existing] = [:]
    private var byKey: [UTF8Text: ID<Product>] = [:]
    private var bySKU: [UTF8Text: ID<Product>] = [:]
    private var takenSlugs: Set<Slug> = []
    private(set) var moderation = Moderation.none
    private(set) var duties: [PublicationDuties.Duty] = []
    private(set) var taxClasses: Set<String> = []
    private(set) var asked: [ID<Category>: [String]] = [:]
    private(set) var missing: [ID<Product>: [String]] = [:]

    /// - Parameter isLocking: whether the products stay as they are until the transaction is over.
    init(
        for drafts: [ProductDraft], of vendor: ID<Vendor>, at time: Date, isLocking: Bool,
        in executor: some PostgresExecutor
    ) async throws {
        let keys = drafts.map(\.key)
        let skus = drafts.flatMap { $0.variants.map(\.sku) }
        let slugs = drafts.compactMap { Slug(rawValue: $0.content.slug?.rawValue ?? $0.key) }
        for (slug, product, owner) in try await executor.query(
            ImportSQL.owners(of: slugs), columns: (Slug, ID<Product>, ID<Vendor>).self)
        {
            takenSlugs.insert(slug)
            if owner == vendor { byKey[UTF8Text(slug.rawValue)] = product }
        }
        for (key, product) in try await executor.query(
            ImportSQL.named(keys, of: vendor), columns: (String, ID<Product>).self)
        {
            byKey[UTF8Text(key)] = product
        }
        for (sku, product) in try await executor.query(
            ImportSQL.having(skus, of: vendor), columns: (String, ID<Product>).self)
        {
            bySKU[UTF8Text(sku)] = product
        }
        try await readSettings(for: drafts, at: time, in: executor)
        try await readProducts(of: vendor, at: time, isLocking: isLocking, in: executor)
    }

    private mutating func readSettings(
        for drafts: [ProductDraft], at time: Date, in executor: some PostgresExecutor
    ) async throws {
        moderation = try await CatalogueSettingsStore().settings(in: executor).moderation
        if drafts.contains(where: { $0.status.isOffered }) {
            duties = try await PublicationDuties.duties(at: time, in: executor)
        }
        let named = Set(
            drafts.compactMap { $0.content.taxClass ?? nil }.filter { NewProduct.taxClass.violations(of: $0).isEmpty })
        if !named.isEmpty {
            taxClasses = Set(
                try await executor.queryValues(
                    "SELECT code FROM tax_classes WHERE code = ANY (\(named.sorted()))", as: String.self))
        }
        let categories = Set(drafts.flatMap { $0.categories ?? [] })
        guard !categories.isEmpty else { return }
        for (category, code) in try await executor.query(
            PublicationDuties.attributesAsked(by: categories.sorted()), columns: (ID<Category>, String).self)
        {
            asked[category, default: []].append(code)
        }
    }

    private mutating func readProducts(
        of vendor: ID<Vendor>, at time: Date, isLocking: Bool, in executor: some PostgresExecutor
    ) async throws {
        let ids = Set(byKey.values).union(bySKU.values).sorted()
        guard !ids.isEmpty else { return }
        products = try await CatalogueEntries().entries(ids, of: vendor, at: time, isLocking: isLocking, in: executor)
        duties = try await PublicationDuties.duties(at: time, in: executor)
        for (product, code) in try await executor.query(
            PublicationDuties.missingAttributes(of: ids), columns: (ID<Product>, String).self)
        {
            missing[product, default: []].append(code)
        }
    }

    /// The product that a draft means; nil for a new one.
    /// - Throws: a 409 `Problem` where it would be several.
    func product(meantBy draft: ProductDraft) throws(Problem) -> Existing? {
        var found = byKey[UTF8Text(draft.key)]
        for variant in draft.variants {
            guard let holder = bySKU[UTF8Text(variant.sku)] else { continue }
            guard found == nil || found == holder else { throw .skuTaken(variant.sku) }
            found = holder
        }
        guard let found else { return nil }
        guard let existing = products[found] else { throw .skuTaken(draft.variants.first?.sku ?? draft.key) }
        guard existing.product.deletedAt == nil else {
            throw Problem.conflict(
                "product-deleted", title: "The product is deleted", detail: "Restore it to import it again")
        }
        return existing
    }

    func isFree(_ slug: Slug) -> Bool { !takenSlugs.contains(slug) }

    /// Notes that a new product has this slug now.
    mutating func take(_ slug: Slug) { takenSlugs.insert(slug) }
}

extension Problem {
    fileprivate static func skuTaken(_ sku: String) -> Problem {
        .conflict(
            "sku-taken", title: "The SKU is taken",
            detail: "Another product of this vendor has the SKU \(UTF8Text(sku).excerpt(100))")
    }
}
