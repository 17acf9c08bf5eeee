import Catalog
import Core
import Foundation
package import Postgres
import Vendors

/// A promotion's terms as its columns.
enum PromotionColumns {
    static let terms = [
        "title", "trigger", "action", "rate_ppm", "amount_minor", "at_most_minor", "buy_quantity", "get_quantity",
        "get_product_ids", "at_most_times", "tier_basis", "tier_minimums", "tier_rates_ppm", "tier_amounts_minor",
        "gift_variant_id", "gift_quantity", "currency", "vendor_ids", "product_ids", "collection_ids", "category_ids",
        "excluded_product_ids", "customer_groups", "is_for_first_order", "minimum_subtotal_minor", "minimum_quantity",
        "starts_at", "ends_at", "weekdays", "from_minute", "to_minute", "priority", "is_exclusive", "stacking_group",
        "combines_with", "vendor_share_ppm", "usage_limit", "customer_limit", "budget_minor",
    ]

    static let all = (["id", "vendor_id", "status", "version", "created_at", "updated_at"] + terms).joined(
        separator: ", ")

    /// In the order of `terms`.
    static func values(of terms: PromotionTerms) -> [any PostgresEncodable] {
        let action = ActionColumns(terms.action)
        let scope = terms.scope
        let week = terms.schedule.week
        return [terms.title, terms.trigger] + action.values + [
            terms.currency, scope.vendors.sorted(), scope.products.sorted(), scope.collections.sorted(),
            scope.categories.sorted(), scope.excludedProducts.sorted(), terms.audience.groups.sorted(),
            terms.audience.isForFirstOrder, terms.minimumSubtotal, terms.minimumQuantity, terms.schedule.startsAt,
            terms.schedule.endsAt, week.map { $0.days.sorted().map(Int16.init(clamping:)) },
            week.map { Int16(clamping: $0.minutes.lowerBound) }, week.map { Int16(clamping: $0.minutes.upperBound) },
            Int32(clamping: terms.stacking.priority), terms.stacking.isExclusive, terms.stacking.group,
            terms.stacking.combinesWith.map { $0.sorted() }, terms.vendorShare, terms.limits.uses,
            terms.limits.usesPerCustomer, terms.limits.budget,
        ]
    }
}

/// What a promotion gives as its columns.
private struct ActionColumns {
    var action = ""
    var rate: Rate?
    var amount: Int64?
    var atMost: Int64?
    var buy: Int64?
    var get: Int64?
    var products: [ID<Product>] = []
    var times: Int64?
    var basis: TierBasis?
    var tiers: [PromotionTier] = []
    var gift: ID<Variant>?
    var giftQuantity: Int64?

    init(_ action: PromotionAction) {
        switch action {
        case .percentage(let rate, let most): (self.action, self.rate, atMost) = ("percentage", rate, most)
        case .amount(let amount): (self.action, self.amount) = ("amount", amount)
        case .amountPerUnit(let amount): (self.action, self.amount) = ("amount_per_unit", amount)
        case .buyGet(let offer):
            (self.action, rate, buy, get) = ("buy_get", offer.rate, offer.buy, offer.get)
            (products, times) = (offer.products.sorted(), offer.atMost)
        case .tiers(let basis, let tiers):
            (self.action, self.basis, self.tiers) = ("tiers", basis, tiers)
        case .freeShipping(let most): (self.action, atMost) = ("free_shipping", most)
        case .gift(let variant, let quantity):
            (self.action, gift, giftQuantity) = ("gift", variant, quantity)
        }
    }

    var values: [any PostgresEncodable] {
        let rates = tiers.map { tier -> Rate? in
            if case .percentage(let rate) = tier.discount { rate } else { nil }
        }
        let amounts = tiers.map { tier -> Int64? in
            if case .amount(let amount) = tier.discount { amount } else { nil }
        }
        return [
            action, rate, amount, atMost, buy, get, products, times, basis, tiers.map(\.minimum), rates, amounts, gift,
            giftQuantity,
        ]
    }
}

extension Promotion: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), status: try row.decode("status"),
            terms: try PromotionTerms(row: row), version: try row.decode("version"),
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"))
    }
}

extension PromotionTerms {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let groups: [String] = try row.decode("customer_groups")
        let priority: Int32 = try row.decode("priority")
        let combinesWith: [String]? = try row.decode("combines_with")
        self.init(
            title: try row.decode("title"), trigger: try row.decode("trigger"), action: try PromotionAction(row: row),
            currency: try row.decode("currency"), scope: try PromotionScope(row: row),
            audience: PromotionAudience(groups: Set(groups), isForFirstOrder: try row.decode("is_for_first_order")),
            minimumSubtotal: try row.decode("minimum_subtotal_minor"),
            minimumQuantity: try row.decode("minimum_quantity"), schedule: try PromotionSchedule(row: row),
            stacking: PromotionStacking(
                priority: Int(priority), isExclusive: try row.decode("is_exclusive"),
                group: try row.decode("stacking_group"), combinesWith: combinesWith.map { Set($0) }),
            vendorShare: try row.decode("vendor_share_ppm"),
            limits: PromotionLimits(
                uses: try row.decode("usage_limit"), usesPerCustomer: try row.decode("customer_limit"),
                budget: try row.decode("budget_minor")))
    }
}

extension PromotionScope {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let vendors: [ID<Vendor>] = try row.decode("vendor_ids")
        let products: [ID<Product>] = try row.decode("product_ids")
        let collections: [ID<ProductCollection>] = try row.decode("collection_ids")
        let categories: [ID<Category>] = try row.decode("category_ids")
        let excluded: [ID<Product>] = try row.decode("excluded_product_ids")
        self.init(
            vendors: Set(vendors), products: Set(products), collections: Set(collections),
            categories: Set(categories), excludedProducts: Set(excluded))
    }
}

extension PromotionSchedule {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let days: [Int16]? = try row.decode("weekdays")
        let from: Int16? = try row.decode("from_minute")
        let to: Int16? = try row.decode("to_minute")
        var week: Week?
        if let days, let from, let to, from < to {
            week = Week(days: Set(days.map(Int.init)), minutes: Int(from)..<Int(to))
        }
        self.init(startsAt: try row.decode("starts_at"), endsAt: try row.decode("ends_at"), week: week)
    }
}

extension PromotionAction {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let action: String = try row.decode("action")
        let rate: Rate? = try row.decode("rate_ppm")
        let amount: Int64? = try row.decode("amount_minor")
        let most: Int64? = try row.decode("at_most_minor")
        switch (action, rate, amount) {
        case ("percentage", let rate?, _): self = .percentage(rate, atMost: most)
        case ("amount", _, let amount?): self = .amount(amount)
        case ("amount_per_unit", _, let amount?): self = .amountPerUnit(amount)
        case ("buy_get", let rate?, _):
            let products: [ID<Product>] = try row.decode("get_product_ids")
            self = .buyGet(
                BuyGet(
                    buy: try row.decode("buy_quantity"), get: try row.decode("get_quantity"), rate: rate,
                    products: Set(products), atMost: try row.decode("at_most_times")))
        case ("tiers", _, _): self = .tiers(try row.decode("tier_basis"), try PromotionTier.all(row: row))
        case ("free_shipping", _, _): self = .freeShipping(atMost: most)
        case ("gift", _, _):
            self = .gift(try row.decode("gift_variant_id"), quantity: try row.decode("gift_quantity"))
        default: throw .decoding("a promotion's action is malformed")
        }
    }
}

extension PromotionTier {
    fileprivate static func all(row: borrowing PostgresRow) throws(PostgresError) -> [PromotionTier] {
        let minimums: [Int64] = try row.decode("tier_minimums")
        let rates: [Rate?] = try row.decode("tier_rates_ppm")
        let amounts: [Int64?] = try row.decode("tier_amounts_minor")
        guard rates.count == minimums.count, amounts.count == minimums.count else {
            throw .decoding("a promotion's tiers are malformed")
        }
        return try zip(minimums, zip(rates, amounts)).map { minimum, given throws(PostgresError) in
            switch given {
            case (let rate?, nil): PromotionTier(minimum: minimum, discount: .percentage(rate))
            case (nil, let amount?): PromotionTier(minimum: minimum, discount: .amount(amount))
            default: throw .decoding("a promotion's tier is malformed")
            }
        }
    }
}
