import Catalog
import Core
import Vendors

extension PricingRun {
    /// Lets the promotions take off what they do, one after the other in the order of their priority.
    mutating func applyPromotions() {
        let entries = rules.promotions.entries
        var codes = [Int?](repeating: nil, count: entries.count)
        var outcomes = takeCoupons(&codes)
        var refusals = [CouponRefusal?](repeating: nil, count: entries.count)
        let wanted = entries.indices.map { place in
            guard entries[place].promotion.terms.trigger == .automatic || codes[place] != nil else { return false }
            refusals[place] = refusal(of: entries[place])
            return refusals[place] == nil
        }
        let lines = rules.promotions.lines(of: request, wanted)
        for place in entries.indices {
            if wanted[place] {
                refusals[place] = apply(
                    place, to: lines[place], code: codes[place].flatMap { request.coupons[$0].code })
            }
            guard let refusal = refusals[place] else { continue }
            if let coupon = codes[place] { outcomes[coupon] = refusal }
            if refusal != .notStarted {
                trace.steps.append(.promotion(entries[place].promotion.id, .passedOver(refusal)))
            }
        }
        coupons = zip(request.coupons, outcomes).map { coupon, refusal in
            CouponOutcome(typed: coupon.typed, promotion: coupon.promotion, refusal: refusal)
        }
        for line in goods.indices { add(goods[line].discounts, target: .line(line)) }
    }

    /// Finds the promotions behind the codes; why those that have none don't count.
    private func takeCoupons(_ codes: inout [Int?]) -> [CouponRefusal?] {
        var outcomes: [CouponRefusal?] = []
        for (index, coupon) in request.coupons.enumerated() {
            guard coupon.refusal == nil, let place = coupon.promotion.flatMap({ rules.promotions.places[$0] }),
                rules.promotions.entries[place].promotion.terms.trigger == .coupon
            else {
                outcomes.append(coupon.refusal ?? .unknown)
                continue
            }
            if codes[place] == nil {
                codes[place] = index
                outcomes.append(nil)
            } else {
                outcomes.append(.duplicate)
            }
        }
        return outcomes
    }

    /// Why a promotion can't apply whatever is in the cart.
    private func refusal(of entry: PromotionIndex.Entry) -> CouponRefusal? {
        let terms = entry.promotion.terms
        if let refusal = terms.schedule.refusal(at: request.time, in: settings.timeZone) { return refusal }
        if let currency = terms.currency, currency != request.currency { return .otherCurrency }
        if !terms.audience.includes(request.customer) { return .customerNotEligible }
        if let most = terms.limits.uses, entry.usage.uses >= most { return .usedUp }
        if let budget = terms.limits.budget, entry.usage.spent >= budget { return .budgetSpent }
        if let most = terms.limits.usesPerCustomer,
            request.customer.uses[entry.promotion.id, default: 0] >= most
        {
            return .customerLimit
        }
        return nil
    }

    /// Takes off what one promotion does.
    /// - Parameter lines: those in its scope.
    /// - Returns: why it does nothing; nil where it does something.
    private mutating func apply(_ place: Int, to lines: [Int], code: ID<PromotionCode>?) -> CouponRefusal? {
        let entry = rules.promotions.entries[place]
        let terms = entry.promotion.terms
        var counted = lines
        if case .gift(let variant, _) = terms.action {
            counted.removeAll { request.lines[$0].subject.variant == variant }
        }
        guard !counted.isEmpty else { return .nothingEligible }
        let (subtotal, quantity) = sums(of: counted)
        guard subtotal >= terms.minimumSubtotal ?? 0, quantity >= terms.minimumQuantity ?? 0 else {
            return .minimumNotReached
        }
        let open = counted.filter { combines(entry.promotion, with: goods[$0].discounts) }
        guard !open.isEmpty else { return .notCombinable }
        var taken: [(item: Int, amount: Int64)] = []
        var isOffered = false
        switch terms.action {
        case .percentage(let rate, let most):
            taken = share(rate, atMost: most, of: open)
        case .amount(let amount): taken = spread(amount, over: open)
        case .amountPerUnit(let amount):
            taken = open.map { line in
                let whole = Int128(amount) * Int128(request.lines[line].quantity)
                return (line, Int64(clamping: min(whole, Int128(goods[line].net))))
            }
        case .tiers(let basis, let tiers):
            let reached = tiers.last { $0.minimum <= (basis == .subtotal ? subtotal : quantity) }
            switch reached?.discount {
            case .percentage(let rate)?: taken = share(rate, atMost: nil, of: open)
            case .amount(let amount)?: taken = spread(amount, over: open)
            case nil: return .minimumNotReached
            }
        case .buyGet(let offer):
            guard let units = units(of: offer, place, counted: counted, open: open) else { return .minimumNotReached }
            taken = units
        case .gift(let variant, let wanted):
            taken = gift(variant, wanted, place, isOffered: &isOffered)
        case .freeShipping(let most):
            return takeOffCharges(place, atMost: most, lines: open, code: code)
        }
        taken.removeAll { $0.amount == 0 }
        let amount = taken.reduce(0) { $0 + $1.amount }
        guard amount > 0 else { return isOffered ? nil : .nothingEligible }
        if exceedsBudget(amount, entry) { return .budgetSpent }
        let vendorParts = Spread.shares(of: taken.map(\.amount), ppm: terms.vendorShare.partsPerMillion)
        for (part, vendor) in zip(taken, vendorParts) {
            goods[part.item].take(
                Discount(place: place, vendor: vendor, marketplace: part.amount - vendor), settings.taxableDiscounts)
            trace.steps.append(.discount(line: part.item, entry.promotion.id, amount: money(part.amount)))
        }
        note(entry.promotion.id, code, amount)
        return nil
    }

    private mutating func note(_ promotion: ID<Promotion>, _ code: ID<PromotionCode>?, _ amount: Int64) {
        applied.append(AppliedPromotion(promotion: promotion, code: code, amount: money(amount)))
        trace.steps.append(.promotion(promotion, .applied(money(amount))))
    }

    private func exceedsBudget(_ amount: Int64, _ entry: PromotionIndex.Entry) -> Bool {
        entry.promotion.terms.limits.budget.map { amount > $0 - entry.usage.spent } ?? false
    }

    /// What lines come to before discounts, and how many units they are.
    private func sums(of lines: [Int]) -> (subtotal: Int64, quantity: Int64) {
        lines.reduce(into: (subtotal: 0, quantity: 0)) {
            $0.subtotal += goods[$1].price
            $0.quantity += request.lines[$1].quantity
        }
    }

    private func combines(_ promotion: Promotion, with discounts: [Discount]) -> Bool {
        discounts.allSatisfy {
            rules.promotions.entries[$0.place].promotion.terms.stacking.combines(with: promotion.terms.stacking)
        }
    }

    private func share(_ rate: Rate, atMost most: Int64?, of lines: [Int]) -> [(item: Int, amount: Int64)] {
        let whole = lines.reduce(0) { $0 + goods[$1].net }
        let share = Rounding.share(of: whole, ppm: min(rate.partsPerMillion, Rate.whole.partsPerMillion))
        return spread(min(share, most ?? .max), over: lines)
    }

    /// An amount, or all that is left of the lines' price, in proportion to it.
    private func spread(_ amount: Int64, over lines: [Int]) -> [(item: Int, amount: Int64)] {
        let left = lines.map { goods[$0].net }
        let parts = Spread.byLargestRemainder(min(amount, left.reduce(0, +)), over: left)
        return zip(lines, parts).map { (item: $0, amount: $1) }
    }

    /// What is taken off the units that one gets; nil where too few are bought.
    private func units(
        of offer: BuyGet, _ place: Int, counted: [Int], open: [Int]
    ) -> [(item: Int, amount: Int64)]? {
        func count(_ lines: [Int]) -> Int64 { lines.reduce(0) { $0 + request.lines[$1].quantity } }
        let sets: Int64
        var cheaper: [Int]
        if offer.products.isEmpty {
            sets = count(open) / (offer.buy + offer.get)
            cheaper = open
        } else {
            sets = count(counted.filter { !offer.products.contains(request.lines[$0].subject.product) }) / offer.buy
            let promotion = rules.promotions.entries[place].promotion
            cheaper = request.lines.indices.filter { line in
                let subject = request.lines[line].subject
                return offer.products.contains(subject.product)
                    && (promotion.vendor == nil || promotion.vendor == subject.vendor)
                    && combines(promotion, with: goods[line].discounts)
            }
        }
        guard sets > 0 else { return nil }
        cheaper.sort { isCheaper($0, $1) }
        var left = Int64(clamping: Int128(min(sets, offer.atMost ?? .max)) * Int128(offer.get))
        return cheaper.compactMap { line in
            let units = min(left, request.lines[line].quantity)
            left -= units
            return units == 0 ? nil : (line, part(of: line, units: units, rate: offer.rate))
        }
    }

    /// By what is left of a unit's price; of equal ones the first.
    private func isCheaper(_ one: Int, _ other: Int) -> Bool {
        let left = Int128(goods[one].net) * Int128(request.lines[other].quantity)
        let right = Int128(goods[other].net) * Int128(request.lines[one].quantity)
        return (left, one) < (right, other)
    }

    /// A share of what is left of the price of some units of a line.
    private func part(of line: Int, units: Int64, rate: Rate) -> Int64 {
        let exact = Int128(goods[line].net) * Int128(units) * Int128(min(rate.partsPerMillion, 1_000_000))
        return min(
            Rounding.halfUp(exact, over: 1_000_000 * Int128(request.lines[line].quantity)), goods[line].net)
    }

    /// What units in the cart cost that are given away; those that lack are offered.
    private mutating func gift(
        _ variant: ID<Variant>, _ wanted: Int64, _ place: Int, isOffered: inout Bool
    ) -> [(item: Int, amount: Int64)] {
        let promotion = rules.promotions.entries[place].promotion
        var left = wanted
        var taken: [(item: Int, amount: Int64)] = []
        for line in request.lines.indices where request.lines[line].subject.variant == variant {
            guard promotion.vendor == nil || promotion.vendor == request.lines[line].subject.vendor,
                combines(promotion, with: goods[line].discounts)
            else { continue }
            let units = min(left, request.lines[line].quantity)
            left -= units
            if units > 0 { taken.append((line, part(of: line, units: units, rate: .whole))) }
        }
        if left > 0 {
            isOffered = true
            gifts.append(GiftOffer(promotion: promotion.id, variant: variant, quantity: left))
            trace.steps.append(.promotion(promotion.id, .offeredGift))
        }
        return taken
    }

    /// Takes off the delivery of the vendors whose goods are in scope; of the whole order's only where all goods are.
    private mutating func takeOffCharges(
        _ place: Int, atMost most: Int64?, lines: [Int], code: ID<PromotionCode>?
    ) -> CouponRefusal? {
        let entry = rules.promotions.entries[place]
        let inScope = Set(lines.map { request.lines[$0].subject.vendor })
        let reached = charges.indices.filter { index in
            let charge = request.charges[index]
            return charge.kind == .shipping && combines(entry.promotion, with: charges[index].discounts)
                && (charge.vendor.map(inScope.contains)
                    ?? (entry.promotion.vendor == nil && lines.count == request.lines.count))
        }
        let left = reached.map { charges[$0].net }
        let amount = min(left.reduce(0, +), most ?? .max)
        guard amount > 0 else { return .nothingEligible }
        if exceedsBudget(amount, entry) { return .budgetSpent }
        let parts = Spread.byLargestRemainder(amount, over: left)
        let vendorParts = Spread.shares(of: parts, ppm: entry.promotion.terms.vendorShare.partsPerMillion)
        for (index, (part, share)) in zip(reached, zip(parts, vendorParts)) where part > 0 {
            // Nobody's but the marketplace's where no vendor has a part in it.
            let vendor = request.charges[index].vendor == nil ? 0 : share
            charges[index].take(
                Discount(place: place, vendor: vendor, marketplace: part - vendor), settings.taxableDiscounts)
        }
        note(entry.promotion.id, code, amount)
        return nil
    }
}
