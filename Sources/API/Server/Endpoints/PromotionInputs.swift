import Catalog
import Core
import Endpoints
import Foundation
import Pricing
import Vendors

struct PromotionCreateInput: APIInput {
    /// In bytes: scopes may name thousands of ids.
    static let limit = 256 * 1024

    let vendor: ID<Vendor>?
    let isActive: Bool
    let terms: PromotionTerms

    init(_ fields: inout Fields) {
        vendor = fields.optional(
            "vendor_id", .id(Vendor.self), "Whose it is, and who bears all of it; null for the marketplace’s",
            example: .example)
        isActive = fields.optional("is_active", .boolean, "Whether it begins at once", default: true)
        terms = PromotionTerms(&fields, share: vendor == nil ? 0 : Rate.whole.partsPerMillion)
    }
}

struct PromotionUpdateInput: APIInput {
    let terms: PromotionTerms

    init(_ fields: inout Fields) { terms = PromotionTerms(&fields, share: 0) }
}

/// What a promotion gives, as its name stands in requests and answers.
enum PromotionActionName: String, CaseIterable, Sendable {
    case percentage, amount, tiers, gift
    case amountPerUnit = "amount_per_unit"
    case buyGet = "buy_get"
    case freeShipping = "free_shipping"
}

struct PromotionTierCreateInput: APIInput {
    let tier: PromotionTier

    init(_ fields: inout Fields) {
        let minimum = fields.required(
            "minimum", .integer(PromotionTerms.amount), "From here on: minor units, or units", example: 100_000)
        let rate = fields.optional(
            "rate_ppm", .integer(PromotionTerms.ratePPM), "What is taken off, in parts per million", example: 50_000)
        let amount = fields.optional("amount_minor", .integer(PromotionTerms.amount), "Or in minor units")
        fields.check((rate == nil) != (amount == nil), "rate_ppm", code: "one_of", "or amount_minor must be given")
        tier = PromotionTier(
            minimum: minimum,
            discount: amount.map(PromotionTier.Discount.amount)
                ?? .percentage(Rate(partsPerMillion: rate ?? PromotionTerms.ratePPM.lowerBound)))
    }
}

extension PromotionTerms {
    /// - Parameter share: of vendors, where none is given.
    fileprivate init(_ fields: inout Fields, share: Int) {
        self.init(
            title: fields.required("title", .text(PromotionTerms.title), "As customers read it", example: "Eid sale"),
            trigger: fields.required(
                "trigger", .oneOf(Promotion.Trigger.self), "Whether it asks for a code", example: .coupon),
            action: PromotionAction(&fields),
            currency: fields.optional("currency", .currency, "Of every amount, in minor units of it", example: .bdt),
            scope: PromotionScope(&fields), audience: PromotionAudience(&fields),
            minimumSubtotal: fields.optional(
                "minimum_subtotal_minor", .integer(PromotionTerms.amount),
                "What goods in scope have to come to before discounts"),
            minimumQuantity: fields.optional(
                "minimum_quantity", .integer(PromotionTerms.quantity), "How many units in scope there have to be"),
            schedule: PromotionSchedule(&fields), stacking: PromotionStacking(&fields),
            vendorShare: Rate(
                partsPerMillion: fields.optional(
                    "vendor_share_ppm", .integer(PromotionTerms.sharePPM),
                    "What vendors bear of it, in parts per million; by default all of a vendor’s, nothing of the marketplace’s"
                )
                    ?? share),
            limits: PromotionLimits(
                uses: fields.optional("usage_limit", .integer(PromotionTerms.uses), "How many orders may use it"),
                usesPerCustomer: fields.optional(
                    "customer_limit", .integer(PromotionTerms.uses), "How many orders of one customer"),
                budget: fields.optional(
                    "budget_minor", .integer(PromotionTerms.amount), "What it may take off altogether")))
    }
}

extension PromotionAction {
    fileprivate init(_ fields: inout Fields) {
        let name = fields.required(
            "action", .oneOf(PromotionActionName.self), "What it gives: see the fields that each takes",
            example: .percentage)
        let rate = fields.optional(
            "rate_ppm", .integer(PromotionTerms.ratePPM), "Of percentage and buy_get: what is taken off",
            example: 100_000)
        let amount = fields.optional(
            "amount_minor", .integer(PromotionTerms.amount), "Of amount and amount_per_unit: what is taken off")
        let most = fields.optional(
            "at_most_minor", .integer(PromotionTerms.amount),
            "Of percentage and free_shipping: no more than that at once")
        let buy = fields.optional("buy_quantity", .integer(PromotionTerms.quantity), "Of buy_get: who buys so many")
        let get = fields.optional(
            "get_quantity", .integer(PromotionTerms.quantity), "Of buy_get: gets so many cheaper, the cheapest first")
        let products = fields.optional(
            "get_products", .array(of: .id(Product.self), count: PromotionTerms.goodsCount),
            "Of buy_get: what one gets; none for goods in scope", default: [])
        let times = fields.optional(
            "at_most_times", .integer(PromotionTerms.quantity), "Of buy_get: how often in one cart")
        let basis = fields.optional("tier_basis", .oneOf(TierBasis.self), "Of tiers: what they count")
        let tiers = fields.optional(
            "tiers", .array(of: .object(PromotionTierCreateInput.self), count: 0...PromotionTerms.tierCount.upperBound),
            "Of tiers, the lowest first: the highest that is reached counts", default: [])
        let gift = fields.optional("gift_variant_id", .id(Variant.self), "Of gift: what costs nothing")
        let giftQuantity = fields.optional(
            "gift_quantity", .integer(PromotionTerms.quantity), "Of gift: how many units", default: 1)
        func need(_ isThere: Bool, _ field: UTF8Text, _ action: PromotionActionName) {
            fields.check(
                name != action || isThere, field, code: "required", "is required for \(action.rawValue)")
        }
        need(rate != nil, "rate_ppm", .percentage)
        need(amount != nil, "amount_minor", .amount)
        need(amount != nil, "amount_minor", .amountPerUnit)
        need(buy != nil, "buy_quantity", .buyGet)
        need(get != nil, "get_quantity", .buyGet)
        need(basis != nil, "tier_basis", .tiers)
        need(!tiers.isEmpty, "tiers", .tiers)
        need(gift != nil, "gift_variant_id", .gift)
        let share = rate.map(Rate.init(partsPerMillion:)) ?? .whole
        switch name {
        case .percentage: self = .percentage(share, atMost: most)
        case .amount: self = .amount(amount ?? 0)
        case .amountPerUnit: self = .amountPerUnit(amount ?? 0)
        case .buyGet:
            self = .buyGet(
                BuyGet(buy: buy ?? 0, get: get ?? 0, rate: share, products: Set(products), atMost: times))
        case .tiers: self = .tiers(basis ?? .subtotal, tiers.map(\.tier))
        case .freeShipping: self = .freeShipping(atMost: most)
        case .gift: self = gift.map { .gift($0, quantity: giftQuantity) } ?? .amount(0)
        }
    }
}

extension PromotionScope {
    fileprivate init(_ fields: inout Fields) {
        let (goods, groups) = (PromotionTerms.goodsCount, PromotionTerms.groupCount)
        self.init(
            vendors: Set(
                fields.optional(
                    "vendors", .array(of: .id(Vendor.self), count: goods),
                    "Whose goods it is for; none for all vendors’", default: [])),
            products: Set(
                fields.optional(
                    "products", .array(of: .id(Product.self), count: goods),
                    "Which goods: named here, in collections or in categories; none for all", default: [])),
            collections: Set(
                fields.optional(
                    "collections", .array(of: .id(ProductCollection.self), count: groups), "Or what they show",
                    default: [])),
            categories: Set(
                fields.optional(
                    "categories", .array(of: .id(Catalog.Category.self), count: groups),
                    "Or what stands in them or below", default: [])),
            excludedProducts: Set(
                fields.optional(
                    "excluded_products", .array(of: .id(Product.self), count: goods), "Which goods it leaves out",
                    default: [])))
    }
}

extension PromotionAudience {
    fileprivate init(_ fields: inout Fields) {
        self.init(
            groups: Set(
                fields.optional(
                    "customer_groups", .array(of: .text(PromotionTerms.group), count: PromotionTerms.groupCount),
                    "For whom: members of one of these; none for everybody", default: [])),
            isForFirstOrder: fields.optional(
                "is_for_first_order", .boolean, "Whether it is for who never ordered before", default: false))
    }
}

extension PromotionSchedule {
    fileprivate init(_ fields: inout Fields) {
        let startsAt = fields.optional("starts_at", .date, "When it begins; null for at once")
        let endsAt = fields.optional("ends_at", .date, "When it is over; null for never")
        let days = fields.optional(
            "weekdays", .array(of: .integer(0...6), count: 1...7),
            "Days of the week from 0 for Sunday, by the marketplace’s clocks; null for every day")
        let from = fields.optional("from_minute", .integer(0...1439), "The first minute of these days", default: 0)
        let to = fields.optional("to_minute", .integer(1...1440), "The first minute after", default: 1440)
        fields.check(from < to, "to_minute", code: "minimum", "must be more than from_minute")
        let isWhole = days == nil && from == 0 && to == 1440
        self.init(
            startsAt: startsAt, endsAt: endsAt,
            week: isWhole || from >= to ? nil : Week(days: Set(days ?? Array(0...6)), minutes: from..<to))
    }
}

extension PromotionStacking {
    fileprivate init(_ fields: inout Fields) {
        self.init(
            priority: fields.optional(
                "priority", .integer(PromotionTerms.priority), "The greatest goes first", default: 0),
            isExclusive: fields.optional(
                "is_exclusive", .boolean, "Whether it goes with no other on the same goods", default: false),
            group: fields.optional(
                "stacking_group", .text(PromotionTerms.group), "What others name that go with it", default: "default"),
            combinesWith: fields.optional(
                "combines_with", .array(of: .text(PromotionTerms.group), count: PromotionTerms.groupCount),
                "The groups that it goes with; null for every one"
            ).map { Set($0) })
    }
}
