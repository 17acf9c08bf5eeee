package import Core
package import Foundation

/// Whether cash on delivery is offered in an area, to whom and on what terms.
package struct CashOnDeliveryRule: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "cod"
    /// How many rules there are at most.
    package static let most = 1_000

    package let id: ID<CashOnDeliveryRule>
    package let area: ShippingArea
    package let currency: Currency
    package let terms: Terms
    /// Grows with every edit.
    package let version: Int64
    package let createdAt: Date

    /// What can be edited.
    package struct Terms: Hashable, Sendable {
        package static let counts = 1...1_000
        package static let share = 1...999_999

        package var isOffered: Bool
        /// Of an order's total, in minor units; nil for any.
        package var limit: Int64?
        /// So many orders that came back unpaid, and it is not offered any more; nil: however many.
        package var mostRefusals: Int?
        /// Whether a code is asked for before anything is shipped.
        package var asksForCode: Bool
        package var advance: Advance
        /// The advance is asked of those who have received fewer orders than so many; nil: of everybody.
        package var advanceBelowOrders: Int?

        package init(
            isOffered: Bool, limit: Int64? = nil, mostRefusals: Int? = nil, asksForCode: Bool = false,
            advance: Advance = .none, advanceBelowOrders: Int? = nil
        ) {
            self.isOffered = isOffered
            self.limit = limit
            self.mostRefusals = mostRefusals
            self.asksForCode = asksForCode
            self.advance = advance
            self.advanceBelowOrders = advanceBelowOrders
        }

        func check(_ check: inout InputCheck) {
            if let limit { check.number("/limit_minor", limit, in: 1...ShippingCharge.amount.upperBound) }
            if let mostRefusals { check.number("/most_refusals", mostRefusals, in: Self.counts) }
            if case .share(let rate) = advance { check.number("/advance_ppm", rate.partsPerMillion, in: Self.share) }
            guard let advanceBelowOrders else { return }
            check.number("/advance_below_orders", advanceBelowOrders, in: Self.counts)
            if advance == .none { check.fail("/advance_below_orders", "not_wanted", "goes with an advance") }
        }
    }

    /// What is paid before anything is shipped.
    package enum Advance: Hashable, Sendable {
        case none
        /// What shipping costs.
        case shipping
        /// Of the total.
        case share(Rate)
    }

    package init(
        id: ID<CashOnDeliveryRule>, area: ShippingArea, currency: Currency, terms: Terms, version: Int64 = 1,
        createdAt: Date
    ) {
        self.id = id
        self.area = area
        self.currency = currency
        self.terms = terms
        self.version = version
        self.createdAt = createdAt
    }
}

/// What a customer's earlier orders with cash on delivery came to.
package struct CashOnDeliveryHistory: Hashable, Sendable {
    /// Orders that came back and were never paid.
    package let refusals: Int
    /// Orders that arrived, however they were paid.
    package let received: Int

    package init(refusals: Int = 0, received: Int = 0) {
        self.refusals = refusals
        self.received = received
    }
}

/// Why cash is not collected for an order.
package enum CashOnDeliveryObjection: String, Hashable, Sendable, CaseIterable {
    /// Not in the area that it goes to.
    case area
    /// Not by one of the methods of shipping that were chosen.
    case method
    /// Not for so large a total.
    case amount
    /// Too many of the customer's orders came back.
    case history
    /// Not for what is not shipped.
    case goods
}

/// What cash on delivery is offered on.
package struct CashOnDeliveryOffer: Hashable, Sendable {
    package let asksForCode: Bool
    package let advance: CashOnDeliveryRule.Advance

    package init(asksForCode: Bool, advance: CashOnDeliveryRule.Advance) {
        self.asksForCode = asksForCode
        self.advance = advance
    }
}

/// The rules that may hold for one destination.
package struct CashOnDeliveryRules: Sendable {
    private let all: [CashOnDeliveryRule]

    package init(_ all: [CashOnDeliveryRule]) { self.all = all }

    /// The one that counts: the narrowest, and of two the older.
    package func rule(for destination: ShippingDestination, in currency: Currency) -> CashOnDeliveryRule? {
        var best: (rule: CashOnDeliveryRule, precision: AreaPrecision)?
        for rule in all.sorted(by: { $0.id < $1.id }) where rule.currency == currency {
            guard let precision = rule.area.precision(for: destination) else { continue }
            if let best, best.precision >= precision { continue }
            best = (rule, precision)
        }
        return best?.rule
    }

    /// Whether a customer is offered it for an order with this total.
    package func verdict(
        on total: Money, to destination: ShippingDestination, history: CashOnDeliveryHistory
    ) -> Result<CashOnDeliveryOffer, CashOnDeliveryRefused> {
        guard let rule = rule(for: destination, in: total.currency), rule.terms.isOffered else {
            return .failure(CashOnDeliveryRefused(.area))
        }
        let terms = rule.terms
        if let limit = terms.limit, total.minorUnits > limit { return .failure(CashOnDeliveryRefused(.amount)) }
        if let most = terms.mostRefusals, history.refusals >= most { return .failure(CashOnDeliveryRefused(.history)) }
        let isAsked = terms.advanceBelowOrders.map { history.received < $0 } ?? true
        return .success(
            CashOnDeliveryOffer(asksForCode: terms.asksForCode, advance: isAsked ? terms.advance : .none))
    }
}

/// Cash is not collected for an order.
package struct CashOnDeliveryRefused: ProblemConvertible, Hashable, Sendable {
    package let objection: CashOnDeliveryObjection

    package init(_ objection: CashOnDeliveryObjection) { self.objection = objection }

    package var problem: Problem {
        Problem(
            type: "cash-on-delivery-refused", title: "Cash is not collected for this order", status: 409,
            detail: detail, extensions: ["reason": .string(objection.rawValue)])
    }

    private var detail: String {
        switch objection {
        case .area: "Not where it goes; pay another way"
        case .method: "Not by the chosen way of shipping; choose another one, or pay another way"
        case .amount: "Not for so large a total; pay another way"
        case .history: "Earlier orders came back unpaid; pay another way"
        case .goods: "Only for goods that are shipped; pay another way"
        }
    }
}
