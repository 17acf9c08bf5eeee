import Core
import Foundation
import Vendors

/// What is to be written of a draft.
enum ImportPlan: Sendable {
    case create(Product, prices: [Price], categories: [ID<Category>], notes: [FieldProblem])
    case update(ImportSnapshot.Existing, Product, prices: [ID<Variant>: Price], notes: [FieldProblem])
    case unchanged(ImportSnapshot.Existing)
    case refused([FieldProblem])
}

/// Decides what becomes of drafts; writes nothing.
struct ImportPlanner: Sendable {
    let vendor: ID<Vendor>
    let author: ImportAuthor
    let ids: UUIDv7Generator
    let acceptance: any PriceAcceptance
    let now: Date

    func plan(_ draft: ProductDraft, against snapshot: inout ImportSnapshot) -> ImportPlan {
        do {
            guard let existing = try snapshot.product(meantBy: draft) else { return try create(draft, &snapshot) }
            return try update(existing, draft, snapshot)
        } catch {
            return .refused(
                error.fields.isEmpty
                    ? [FieldProblem(pointer: "", code: error.type, message: error.detail ?? error.title)]
                    : error.fields)
        }
    }

    private func create(_ draft: ProductDraft, _ snapshot: inout ImportSnapshot) throws(Problem) -> ImportPlan {
        let id = ID<Product>(uuid: ids.next())
        var missing = InputCheck()
        var variants: [NewVariant] = []
        for (index, variant) in draft.variants.enumerated() {
            guard let price = variant.price.applied(to: nil) else {
                missing.fail("/variants/\(index)/price", "required", "must be told")
                continue
            }
            variants.append(
                NewVariant(
                    kind: variant.kind,
                    details: variant.applied(to: VariantDetails(sku: variant.sku), of: variant.kind),
                    price: price))
        }
        try missing.finish()
        let content = draft.content.applied(
            to: ProductContent(title: "", description: "", slug: slug(of: draft, id, snapshot)))
        let new = NewProduct(
            vendor: vendor, title: content.title, options: draft.options ?? [], variants: variants)
        try new.check(content, acceptance: acceptance)
        try checkTaxClass(of: content, snapshot)
        var product = Product(
            id: id, vendor: vendor, currency: variants[0].price.amount.currency, status: draft.status, content: content,
            version: 1, createdAt: now, updatedAt: now, options: new.options,
            variants: variants.map { variant in
                Variant(
                    id: ID(uuid: ids.next()), product: id, vendor: vendor, kind: variant.kind, details: variant.details,
                    currentPrice: variant.price.current(at: now))
            })
        let categories = draft.categories ?? []
        let notes = offer(
            &product,
            PublicationDuties(
                duties: snapshot.duties,
                missingAttributes: Set(categories.flatMap { snapshot.asked[$0] ?? [] }).sorted()),
            snapshot.moderation)
        snapshot.take(content.slug)
        return .create(product, prices: variants.map(\.price), categories: categories, notes: notes)
    }

    /// A file's own name for a product is its name in links where nobody else has that.
    private func slug(of draft: ProductDraft, _ id: ID<Product>, _ snapshot: ImportSnapshot) -> Slug {
        if let slug = draft.content.slug ?? Slug(rawValue: draft.key), snapshot.isFree(slug) { return slug }
        return Slug(from: draft.content.title ?? draft.key, of: id)
    }

    /// Puts a new product on sale where it is meant to be and may; says why not.
    private func offer(
        _ product: inout Product, _ duties: PublicationDuties, _ moderation: Moderation
    ) -> [FieldProblem] {
        guard product.status.isOffered else {
            if product.status == .archived { product.publishedAt = now }
            return []
        }
        product.status = author.mayModerate || moderation == .none ? .active : .inReview
        do {
            try duties.check(product)
        } catch {
            product.status = .draft
            return error.fields.map {
                FieldProblem(pointer: $0.pointer, code: $0.code, message: "not put on sale: \($0.message)")
            }
        }
        if product.status == .active { product.publishedAt = now }
        return []
    }

    private func checkTaxClass(of content: ProductContent, _ snapshot: ImportSnapshot) throws(Problem) {
        guard let taxClass = content.taxation.taxClass, !snapshot.taxClasses.contains(taxClass) else { return }
        throw Problem.invalidInput([
            FieldProblem(pointer: "/tax_class", code: "unknown", message: "there is no such tax class")
        ])
    }

    private func update(
        _ existing: ImportSnapshot.Existing, _ draft: ProductDraft, _ snapshot: ImportSnapshot
    ) throws(Problem) -> ImportPlan {
        var product = existing.product
        var content = draft.content
        // Its name in links is its own affair once it has one.
        content.slug = nil
        product.content = content.applied(to: product.content)
        product.options = merged(draft.options, into: product.options)
        var prices: [ID<Variant>: Price] = [:]
        var check = InputCheck()
        product.content.check(&check)
        product.options.check(&check)
        for (index, change) in draft.variants.enumerated() {
            let pointer = "/variants/\(index)"
            let place = product.variants.firstIndex { UTF8Text($0.sku) == UTF8Text(change.sku) }
            let known = place.map { product.variants[$0] }
            guard let price = change.price.applied(to: known.flatMap { existing.prices[$0.id] }) else {
                check.fail(pointer + "/price", "required", "must be told")
                continue
            }
            if price.amount.currency != product.currency {
                check.fail(
                    pointer + "/price/currency", "mixed_currencies", "must be \(product.currency), in which it is sold")
            }
            var variant =
                known
                ?? Variant(
                    id: ID(uuid: ids.next()), product: product.id, vendor: vendor, kind: change.kind,
                    details: VariantDetails(sku: change.sku), currentPrice: price.current(at: now))
            variant.details = change.applied(to: variant.details, of: variant.kind)
            variant.currentPrice = price.current(at: now)
            if existing.prices[variant.id] != price {
                price.check(&check, at: pointer, acceptance: acceptance)
                prices[variant.id] = price
            }
            if let place { product.variants[place] = variant } else { product.variants.append(variant) }
        }
        check.number("/variants", product.variants.count, in: NewProduct.variantCount)
        for (index, variant) in product.variants.enumerated() where variant.details != existing.details(of: variant.id)
        {
            variant.details.check(&check, at: "/variants/\(index)", kind: variant.kind, options: product.options)
        }
        product.variants.map(\.details).checkDistinct(&check)
        try check.finish()
        try checkTaxClass(of: product.content, snapshot)
        guard product != existing.product || !prices.isEmpty || existing.changes(by: draft) else {
            return .unchanged(existing)
        }
        if snapshot.moderation == .edits, !author.mayModerate, product.status == .active { product.status = .inReview }
        if product.status.isOffered {
            try PublicationDuties(
                duties: snapshot.duties, missingAttributes: snapshot.missing[product.id] ?? []
            ).check(product)
        }
        product.version += 1
        product.updatedAt = now
        return .update(existing, product, prices: prices, notes: [])
    }

    /// Choices that other variants have stay behind those that the file names.
    private func merged(_ options: [ProductOption]?, into known: [ProductOption]) -> [ProductOption] {
        guard let options, options.count == known.count else { return options ?? known }
        return zip(options, known).map { option, known in
            let old = Set(known.choices.map { UTF8Text($0) })
            if UTF8Text(option.name) == UTF8Text(known.name), option.choices.allSatisfy({ old.contains(UTF8Text($0)) })
            {
                return known
            }
            let named = Set(option.choices.map { UTF8Text($0) })
            return ProductOption(
                name: option.name, choices: option.choices + known.choices.filter { !named.contains(UTF8Text($0)) })
        }
    }
}

extension ImportSnapshot.Existing {
    fileprivate func details(of variant: ID<Variant>) -> VariantDetails? {
        product.variants.first { $0.id == variant }?.details
    }

    /// Whether a draft says something else of where it stands or of a vendor's own columns.
    fileprivate func changes(by draft: ProductDraft) -> Bool {
        if let wanted = draft.categories, wanted != categories { return true }
        return extras(with: draft, variants: product.variants).contains { $0.fields != extraFields[$0.variant] ?? [:] }
    }

    /// A vendor's own fields once a draft came in, where it has some.
    func extras(
        with draft: ProductDraft, variants: [Variant]
    ) -> [(variant: ID<Variant>?, fields: ExtraFields)] {
        var all: [(variant: ID<Variant>?, fields: ExtraFields)] = []
        if !draft.extraFields.isEmpty {
            all.append((nil, (extraFields[nil] ?? [:]).merging(draft.extraFields)))
        }
        for change in draft.variants where !change.extraFields.isEmpty {
            guard let variant = variants.first(where: { UTF8Text($0.sku) == UTF8Text(change.sku) }) else { continue }
            all.append((variant.id, (extraFields[variant.id] ?? [:]).merging(change.extraFields)))
        }
        return all
    }
}
