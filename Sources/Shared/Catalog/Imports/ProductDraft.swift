package import Core
import Foundation

/// A product as a file tells of it. What the file says nothing of stays as it is, or as it is by default.
package struct ProductDraft: Sendable {
    /// What a key must be like.
    package static let key = TextRule(1...255, .line)

    /// What its source calls it; the same one means the same product of the vendor.
    package let key: String
    package var content = ProductChanges()
    /// What it is to be; counts for a new one alone.
    package var status = ProductStatus.draft
    package var options: [ProductOption]?
    package var variants: [VariantDraft] = []
    /// Its own first.
    package var categories: [ID<Category>]?
    /// Of the product alone.
    package var extraFields: ExtraFields = [:]

    package init(key: String) { self.key = key }
}

/// A variant as a file tells of it.
package struct VariantDraft: Sendable {
    package let sku: String
    /// Counts for a new one alone.
    package var kind: VariantKind
    package var changes = VariantChanges()
    /// What a new one weighs where nothing says it.
    package var assumedWeightGrams: Int?
    package var price: PriceDraft
    package var extraFields: ExtraFields = [:]

    package init(sku: String, kind: VariantKind, price: PriceDraft) {
        self.sku = sku
        self.kind = kind
        self.price = price
    }

    func applied(to details: VariantDetails, of kind: VariantKind) -> VariantDetails {
        var details = changes.applied(to: details)
        if kind == .physical, details.weightGrams == nil { details.weightGrams = assumedWeightGrams }
        return details
    }
}

/// What a file says of a price; nil leaves a part as it is, nil within clears it.
package struct PriceDraft: Hashable, Sendable {
    package var amount: Money?
    package var compareAt: Money??
    package var maximumRetail: Money??
    package var sales: [SalePrice]?

    package init(
        amount: Money? = nil, compareAt: Money?? = nil, maximumRetail: Money?? = nil, sales: [SalePrice]? = nil
    ) {
        self.amount = amount
        self.compareAt = compareAt
        self.maximumRetail = maximumRetail
        self.sales = sales
    }

    /// nil where nothing says what it costs.
    func applied(to price: Price?) -> Price? {
        guard let amount = amount ?? price?.amount else { return nil }
        return Price(
            amount: amount, compareAt: compareAt ?? price?.compareAt,
            maximumRetail: maximumRetail ?? price?.maximumRetail, sales: sales ?? price?.sales ?? [])
    }
}

/// The fields of a vendor's own columns by their names; null for one that is empty.
package typealias ExtraFields = [UTF8Text: JSONValue]

extension ExtraFields {
    /// What is kept once `changes` came in.
    func merging(_ changes: ExtraFields) -> ExtraFields {
        merging(changes) { _, new in new }.filter { !$0.value.isNull }
    }
}

/// For whom a file is taken in.
package struct ImportAuthor: Hashable, Sendable {
    package let actor: AuditActor
    /// Whether what they publish needs nobody's approval.
    package let mayModerate: Bool

    package init(actor: AuditActor, mayModerate: Bool) {
        self.actor = actor
        self.mayModerate = mayModerate
    }
}

/// What has become of a draft.
package struct WrittenProduct: Sendable {
    package enum Outcome: Sendable {
        case created
        case updated
        case unchanged
        case refused
    }

    package let outcome: Outcome
    /// nil for what was refused, and for what would have been created.
    package let product: ID<Product>?
    /// Why it was refused; what of it could not be done, where it was not.
    package let problems: [FieldProblem]
    /// The ids of its variants by their SKUs.
    package let variants: [UTF8Text: ID<Variant>]
}
