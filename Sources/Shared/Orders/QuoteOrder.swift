import Catalog
package import Core
package import Foundation
package import Postgres
package import Pricing
import Shipping
import Vendors

/// Finds out what an order would come to: the one way in which prices are made, whether or not anything is ordered.
package struct QuoteOrder: Sendable {
    private let products = ProductStore()
    private let pricing = PricingStore()
    private let tariffs = ShippingTariffStore()
    private let history = OrderHistoryStore()
    private let rules: PricingRulesCache

    package init(rules: PricingRulesCache) { self.rules = rules }

    /// - Throws: `Problem`: 422 for what is not for sale, in this quantity or together, or a way of shipping that is not offered;
    ///   `PricingError`; `MoneyError`; `PostgresError`.
    package func callAsFunction(
        _ wish: OrderWish, at time: Date, in executor: some PostgresExecutor
    ) async throws -> OrderQuote {
        let offers = try wish.matched(
            with: await products.offers(for: wish.lines.map(\.variant), at: time, in: executor))
        let past = try await history.past(of: wish.buyer, in: executor)
        let customer = try await pricing.customer(
            account: wish.buyer.account, keys: wish.buyer.keys, isFirstOrder: past.isFirstOrder, in: executor)
        let coupons = try await pricing.coupons(wish.coupons, at: time, in: executor)
        let facts = try await pricing.subjects(
            for: wish.lines.map(\.variant), groups: customer.groups, at: time, in: executor)
        let lines = try zip(wish.lines, offers).map { line, offer in
            guard let subject = facts.subjects[offer.variant] else { throw NewOrder.notForSale }
            return PricingRequest.Line(subject: subject, quantity: line.quantity)
        }
        let shipping = try await shipping(of: lines, wish, at: time, in: executor)
        let rules = try await rules.rules(knowing: coupons.compactMap(\.promotion), in: executor)
        let currency = offers[0].price.currency
        func price(_ charges: [PricingRequest.Charge]) throws -> PricedCart {
            try rules.price(
                PricingRequest(
                    currency: currency, time: time, destination: wish.destination.map(PricingRequest.Destination.init),
                    customer: customer, coupons: coupons, lines: lines, charges: charges, vendors: facts.vendors))
        }
        var priced = try price(shipping.charges)
        var cash = try await cash(for: priced, shipping, wish, past, in: executor)
        if wish.paymentMethod == .cashOnDelivery, case .success(let terms) = cash, !terms.fee.isZero {
            priced = try price(shipping.charges + shipping.cashCharges())
            cash = try await self.cash(for: priced, shipping, wish, past, in: executor)
        }
        return OrderQuote(
            offers: offers, subjects: lines.map(\.subject), priced: priced, shipments: shipping.shipments, cash: cash,
            paymentMethod: wish.paymentMethod)
    }

    private func shipping(
        of lines: [PricingRequest.Line], _ wish: OrderWish, at time: Date, in executor: some PostgresExecutor
    ) async throws -> OrderShipping {
        let parcels = try Parcel.all(of: lines)
        guard let destination = wish.destination, !parcels.isEmpty else {
            return OrderShipping(
                hasDigitalGoods: lines.contains { $0.subject.kind != .physical },
                shipments: parcels.map { QuotedShipment(vendor: $0.vendor, offer: nil, chosen: nil) }, due: [])
        }
        let tariff = try await tariffs.tariff(
            for: parcels.map(\.vendor), to: destination, at: time, in: executor)
        let offers = try tariff.offers(for: parcels)
        let chosen = try wish.chosen(from: offers, for: parcels)
        return OrderShipping(
            hasDigitalGoods: lines.contains { $0.subject.kind != .physical },
            shipments: zip(parcels, zip(offers, chosen)).map {
                QuotedShipment(vendor: $0.vendor, offer: $1.0, chosen: $1.1)
            },
            due: try tariff.due(for: parcels, by: chosen).map { due in
                let subtotal = try parcels.filter { due.vendors.contains($0.vendor) }.map(\.subtotal).total(
                    in: due.option.amount.currency)
                return OrderShipping.Due(due: due, collected: try subtotal.adding(due.option.amount))
            })
    }

    private func cash(
        for priced: PricedCart, _ shipping: OrderShipping, _ wish: OrderWish, _ past: PastOrders,
        in executor: some PostgresExecutor
    ) async throws -> Result<CashQuote, CashOnDeliveryRefused> {
        if let objection = shipping.objectionToCash { return .failure(CashOnDeliveryRefused(objection)) }
        guard let destination = wish.destination else { return .failure(CashOnDeliveryRefused(.area)) }
        let rules = try await tariffs.cashOnDelivery(for: destination, in: executor)
        switch rules.verdict(on: priced.total, to: destination, history: past.cash) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let offer):
            let fee = try shipping.cashCharges().map(\.amount).total(in: priced.currency)
            let advance: Money? =
                switch offer.advance {
                case .none: nil
                case .shipping: priced.totals.shipping
                case .share(let rate): try priced.total.share(at: rate)
                }
            let isPartial = advance.map { !$0.isZero && $0.minorUnits < priced.total.minorUnits } ?? false
            return .success(CashQuote(fee: fee, advance: isPartial ? advance : nil, asksForCode: offer.asksForCode))
        }
    }
}

/// How an order's goods go, and what that is charged.
private struct OrderShipping: Sendable {
    struct Due: Sendable {
        let due: ShippingDue
        /// What the courier would collect for these parcels, before discounts.
        let collected: Money
    }

    let hasDigitalGoods: Bool
    let shipments: [QuotedShipment]
    let due: [Due]

    var charges: [PricingRequest.Charge] {
        due.map { due in due.charge(key: due.due.option.method.description, .shipping, due.due.option.amount) }
    }

    /// What collecting cash costs.
    /// - Throws: `MoneyError`.
    func cashCharges() throws -> [PricingRequest.Charge] {
        try due.compactMap { due in
            guard let fee = try due.due.option.terms.cashOnDelivery?.fee(for: due.collected), !fee.isZero else {
                return nil
            }
            return due.charge(key: "cod:\(due.due.option.method)", .fee, fee)
        }
    }

    /// Why no courier collects, whatever the rules are.
    var objectionToCash: CashOnDeliveryObjection? {
        if hasDigitalGoods || shipments.isEmpty { return .goods }
        for due in due {
            guard let terms = due.due.option.terms.cashOnDelivery else { return .method }
            if let limit = terms.limit, due.collected.minorUnits > limit.minorUnits { return .amount }
        }
        return nil
    }
}

extension OrderShipping.Due {
    fileprivate func charge(
        key: String, _ kind: PricingRequest.Charge.Kind, _ amount: Money
    ) -> PricingRequest.Charge {
        PricingRequest.Charge(
            key: key, kind: kind, vendor: due.option.terms.unit == .order ? nil : due.vendors.first,
            provider: due.option.owner == nil ? .marketplace : .vendor, amount: amount)
    }
}

extension Parcel {
    /// One for each vendor of whom something is shipped, in the order in which they first appear.
    fileprivate static func all(of lines: [PricingRequest.Line]) throws -> [Parcel] {
        let physical = lines.filter { $0.subject.kind == .physical }
        var vendors: [ID<Vendor>] = []
        for line in physical where !vendors.contains(line.subject.vendor) { vendors.append(line.subject.vendor) }
        return try vendors.map { vendor in
            let own = physical.filter { $0.subject.vendor == vendor }
            let weights = try own.map { line in
                let (weight, overflow) = Int64(line.subject.weightGrams ?? 0).multipliedReportingOverflow(
                    by: line.quantity)
                guard !overflow else { throw MoneyError.overflow }
                return weight
            }
            return Parcel(
                vendor: vendor, weight: weights.reduce(0) { $0.addingReportingOverflow($1).partialValue },
                subtotal: try own.map { try $0.unitPrice.amount.multiplied(by: $0.quantity) }.total(
                    in: own[0].unitPrice.amount.currency))
        }
    }
}

extension OrderWish {
    /// The options that the parcels go by; nil where nothing is charged, or nothing goes there.
    fileprivate func chosen(
        from offers: [ShippingOffer], for parcels: [Parcel]
    ) throws(Problem) -> [ShippingOption?] {
        var check = InputCheck()
        for (index, choice) in shipping.enumerated() {
            let place = parcels.firstIndex { $0.vendor == choice.vendor }
            let isOffered = place.map { offers[$0].options.contains { $0.method == choice.method } } ?? false
            if !isOffered {
                check.fail(
                    "/shipping/\(index)/method_id", "not_offered", "is no way in which this vendor’s goods go there")
            }
        }
        try check.finish()
        return zip(parcels, offers).map { parcel, offer in
            let choice = shipping.last { $0.vendor == parcel.vendor }
            return offer.options.first { $0.method == choice?.method } ?? offer.options.first
        }
    }
}

extension OrderWish.Buyer {
    /// By all of which uses of promotions are counted.
    var keys: [CustomerKey] {
        [
            account.map(CustomerKey.init(account:)), email.map(CustomerKey.init(email:)),
            phone.map(CustomerKey.init(phone:)),
        ]
        .compactMap(\.self)
    }
}

extension PricingRequest.Destination {
    fileprivate init(_ destination: ShippingDestination) {
        self.init(
            country: destination.country, region: destination.regions.first, postalCode: destination.postalCode)
    }
}
