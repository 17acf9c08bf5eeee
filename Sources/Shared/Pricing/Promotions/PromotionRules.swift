import Catalog
package import Core
import Vendors

extension PromotionTerms {
    package static let title = TextRule(1...200, .line)
    /// Of stacking groups and customer groups.
    package static let group = TextRule(1...40, .only("a-z0-9_"))
    /// In minor units.
    package static let amount: ClosedRange<Int64> = 1...1_000_000_000_000
    package static let quantity: ClosedRange<Int64> = 1...1_000_000
    package static let ratePPM = 1...Rate.whole.partsPerMillion
    package static let sharePPM = 0...Rate.whole.partsPerMillion
    package static let priority = -1_000...1_000
    package static let uses: ClosedRange<Int64> = 1...1_000_000_000_000
    package static let tierCount = 1...20
    /// How many vendors, products or exclusions a scope names, and how many collections, categories or groups.
    package static let goodsCount = 0...1_000
    package static let groupCount = 0...100

    /// Notes everything that is not acceptable.
    func check(_ check: inout InputCheck, vendor: ID<Vendor>?) {
        check.text("/title", title, Self.title)
        checkAction(&check)
        checkCurrency(&check)
        checkScope(&check, vendor: vendor)
        for group in audience.groups { check.text("/customer_groups", group, Self.group) }
        for (name, number) in [("minimum_subtotal_minor", minimumSubtotal), ("budget_minor", limits.budget)] {
            if let number { check.number("/\(name)", number, in: Self.amount) }
        }
        for (name, number) in [("usage_limit", limits.uses), ("customer_limit", limits.usesPerCustomer)] {
            if let number { check.number("/\(name)", number, in: Self.uses) }
        }
        if let minimumQuantity { check.number("/minimum_quantity", minimumQuantity, in: Self.quantity) }
        checkSchedule(&check)
        check.number("/priority", stacking.priority, in: Self.priority)
        check.text("/stacking_group", stacking.group, Self.group)
        for group in stacking.combinesWith ?? [] { check.text("/combines_with", group, Self.group) }
        check.number("/vendor_share_ppm", vendorShare.partsPerMillion, in: Self.sharePPM)
        if vendor != nil, vendorShare != .whole {
            check.fail("/vendor_share_ppm", "whole", "must be 1000000: a vendor bears its own promotions")
        }
    }

    private func checkAction(_ check: inout InputCheck) {
        func rate(_ rate: Rate, _ pointer: String = "/rate_ppm") {
            check.number(pointer, rate.partsPerMillion, in: Self.ratePPM)
        }
        switch action {
        case .percentage(let share, let most):
            rate(share)
            if let most { check.number("/at_most_minor", most, in: Self.amount) }
        case .amount(let amount), .amountPerUnit(let amount): check.number("/amount_minor", amount, in: Self.amount)
        case .buyGet(let offer):
            rate(offer.rate)
            check.number("/buy_quantity", offer.buy, in: Self.quantity)
            check.number("/get_quantity", offer.get, in: Self.quantity)
            check.number("/get_products", offer.products.count, in: Self.goodsCount)
            if let most = offer.atMost { check.number("/at_most_times", most, in: Self.quantity) }
        case .tiers(_, let tiers):
            check.number("/tiers", tiers.count, in: Self.tierCount)
            for (index, tier) in tiers.enumerated() {
                check.number("/tiers/\(index)/minimum", tier.minimum, in: Self.amount)
                if index > 0, tiers[index - 1].minimum >= tier.minimum {
                    check.fail("/tiers/\(index)/minimum", "minimum", "must be more than that of the tier before")
                }
                switch tier.discount {
                case .percentage(let share): rate(share, "/tiers/\(index)/rate_ppm")
                case .amount(let amount): check.number("/tiers/\(index)/amount_minor", amount, in: Self.amount)
                }
            }
        case .freeShipping(let most):
            if let most { check.number("/at_most_minor", most, in: Self.amount) }
        case .gift(_, let quantity): check.number("/gift_quantity", quantity, in: Self.quantity)
        }
    }

    private func checkCurrency(_ check: inout InputCheck) {
        guard currency == nil else { return }
        let isNeeded =
            switch action {
            case .amount, .amountPerUnit, .tiers(.subtotal, _): true
            case .percentage(_, let most), .freeShipping(let most): most != nil
            case .tiers(.quantity, let tiers):
                tiers.contains { if case .amount = $0.discount { true } else { false } }
            case .buyGet, .gift: false
            }
        if isNeeded || minimumSubtotal != nil || limits.budget != nil {
            check.fail("/currency", "required", "is required where amounts are named")
        }
    }

    private func checkScope(_ check: inout InputCheck, vendor: ID<Vendor>?) {
        check.number("/vendors", scope.vendors.count, in: Self.goodsCount)
        check.number("/products", scope.products.count, in: Self.goodsCount)
        check.number("/excluded_products", scope.excludedProducts.count, in: Self.goodsCount)
        check.number("/collections", scope.collections.count, in: Self.groupCount)
        check.number("/categories", scope.categories.count, in: Self.groupCount)
        check.number("/customer_groups", audience.groups.count, in: Self.groupCount)
        check.number("/combines_with", stacking.combinesWith?.count ?? 0, in: Self.groupCount)
        if vendor != nil, !scope.vendors.isEmpty {
            check.fail("/vendors", "own", "must be empty: a vendor’s promotion is for its own goods")
        }
    }

    private func checkSchedule(_ check: inout InputCheck) {
        if let startsAt = schedule.startsAt, let endsAt = schedule.endsAt, startsAt >= endsAt {
            check.fail("/ends_at", "minimum", "must be after starts_at")
        }
        guard let week = schedule.week else { return }
        if week.days.isEmpty || !week.days.isSubset(of: 0...6) {
            check.fail("/weekdays", "range", "must name days from 0 for Sunday to 6")
        }
        if week.minutes.isEmpty || week.minutes.lowerBound < 0 || week.minutes.upperBound > 1440 {
            check.fail("/to_minute", "range", "must be after from_minute and at most 1440")
        }
    }
}
