import Catalog
import Core
import Endpoints
import Foundation
import Pricing
import Vendors

extension Promotion {
    static let example = Promotion(
        id: .example, vendor: nil,
        terms: PromotionTerms(
            title: "Eid sale", trigger: .coupon, action: .percentage(.percent(10), atMost: 20_000), currency: .bdt,
            minimumSubtotal: 100_000, vendorShare: .percent(25), limits: PromotionLimits(uses: 10_000)),
        createdAt: .example, updatedAt: .example)
}

struct PromotionView: APIOutput {
    let promotion: Promotion

    static let example = PromotionView(promotion: .example)

    func write(to out: inout ObjectWriter) { out.promotion(promotion) }
}

struct PromotionDetailsView: APIOutput {
    let promotion: Promotion
    let usage: PromotionUsage

    static let example = PromotionDetailsView(promotion: .example, usage: PromotionUsage(uses: 3, spent: 30_000))

    func write(to out: inout ObjectWriter) {
        out.promotion(promotion)
        out.field("uses", usage.uses, "How many orders use it that were not given up")
        out.field("spent_minor", usage.spent, "What it has taken off them")
    }
}

struct PromotionTierView: APIOutput {
    let tier: PromotionTier

    static let example = PromotionTierView(tier: PromotionTier(minimum: 100_000, discount: .percentage(.percent(5))))

    func write(to out: inout ObjectWriter) {
        let (rate, amount): (Int?, Int64?) =
            switch tier.discount {
            case .percentage(let rate): (rate.partsPerMillion, nil)
            case .amount(let amount): (nil, amount)
            }
        out.field("minimum", tier.minimum, "From here on")
        out.field("rate_ppm", rate, "What is taken off, in parts per million")
        out.field("amount_minor", amount, "Or in minor units")
    }
}

extension ObjectWriter {
    fileprivate mutating func promotion(_ promotion: Promotion) {
        let terms = promotion.terms
        field("id", promotion.id)
        field("vendor_id", promotion.vendor, "Whose it is, and who bears all of it; null for the marketplace’s")
        field("status", promotion.status)
        field("title", terms.title, "As customers read it")
        field("trigger", terms.trigger, "Whether it applies by itself or asks for a code")
        action(terms.action)
        field("currency", terms.currency, "Of every amount")
        field("vendors", terms.scope.vendors.sorted(), "Whose goods it is for; none for all vendors’")
        field("products", terms.scope.products.sorted(), "Which goods; none here and below for all")
        field("collections", terms.scope.collections.sorted())
        field("categories", terms.scope.categories.sorted())
        field("excluded_products", terms.scope.excludedProducts.sorted(), "Which goods it leaves out")
        field("customer_groups", terms.audience.groups.sorted(), "For whom; none for everybody")
        field("is_for_first_order", terms.audience.isForFirstOrder)
        field("minimum_subtotal_minor", terms.minimumSubtotal, "What goods in scope have to come to")
        field("minimum_quantity", terms.minimumQuantity, "How many units in scope there have to be")
        let week = terms.schedule.week
        field("starts_at", terms.schedule.startsAt)
        field("ends_at", terms.schedule.endsAt, "When it is over")
        field("weekdays", week.map { $0.days.sorted() }, "From 0 for Sunday, by the marketplace’s clocks; null for all")
        field("from_minute", week?.minutes.lowerBound ?? 0, "The first minute of these days")
        field("to_minute", week?.minutes.upperBound ?? 1440, "The first minute after")
        field("priority", terms.stacking.priority, "The greatest goes first")
        field("is_exclusive", terms.stacking.isExclusive, "Whether it goes with no other on the same goods")
        field("stacking_group", terms.stacking.group)
        field("combines_with", terms.stacking.combinesWith.map { $0.sorted() }, "Groups; null for every one")
        field("vendor_share_ppm", terms.vendorShare.partsPerMillion, "What vendors bear of it")
        field("usage_limit", terms.limits.uses, "How many orders may use it")
        field("customer_limit", terms.limits.usesPerCustomer, "How many orders of one customer")
        field("budget_minor", terms.limits.budget, "What it may take off altogether")
        field("version", promotion.version, "Grows with every edit; also the ETag")
        field("created_at", promotion.createdAt)
        field("updated_at", promotion.updatedAt)
    }

    private mutating func action(_ action: PromotionAction) {
        var name = PromotionActionName.percentage
        var (rate, amount, most): (Rate?, Int64?, Int64?)
        var offer: BuyGet?
        var (basis, tiers): (TierBasis?, [PromotionTier]) = (nil, [])
        var (gift, giftQuantity): (ID<Variant>?, Int64?)
        switch action {
        case .percentage(let share, let limit): (rate, most) = (share, limit)
        case .amount(let off): (name, amount) = (.amount, off)
        case .amountPerUnit(let off): (name, amount) = (.amountPerUnit, off)
        case .buyGet(let given): (name, offer, rate) = (.buyGet, given, given.rate)
        case .tiers(let counted, let steps): (name, basis, tiers) = (.tiers, counted, steps)
        case .freeShipping(let limit): (name, most) = (.freeShipping, limit)
        case .gift(let variant, let quantity): (name, gift, giftQuantity) = (.gift, variant, quantity)
        }
        field("action", name, "What it gives")
        field("rate_ppm", rate?.partsPerMillion, "What is taken off, in parts per million")
        field("amount_minor", amount, "What is taken off")
        field("at_most_minor", most, "No more than that at once")
        field("buy_quantity", offer?.buy, "Who buys so many")
        field("get_quantity", offer?.get, "gets so many cheaper")
        field("get_products", (offer?.products ?? []).sorted(), "What one gets; none for goods in scope")
        field("at_most_times", offer?.atMost, "How often in one cart")
        field("tier_basis", basis, "What tiers count")
        field("tiers", tiers.map(PromotionTierView.init), "The lowest first")
        field("gift_variant_id", gift, "What costs nothing")
        field("gift_quantity", giftQuantity, "How many units of it")
    }
}
