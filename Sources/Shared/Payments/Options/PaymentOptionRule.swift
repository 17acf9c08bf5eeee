package import Catalog
package import Core
package import Foundation
package import Shipping

/// Through whom customers may pay what: where it fits, a gateway is offered or withheld.
package struct PaymentOptionRule: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "por"
    /// How many rules there are at most.
    package static let most = 500
    /// What the name of a gateway must be like.
    package static let gateway = TextRule(1...64, .only("a-z0-9_/"))

    package let id: ID<PaymentOptionRule>
    package let gateway: GatewayName
    package let terms: Terms
    /// Grows with every edit.
    package let version: Int64
    package let createdAt: Date

    package init(
        id: ID<PaymentOptionRule>, gateway: GatewayName, terms: Terms, version: Int64 = 1, createdAt: Date
    ) {
        self.id = id
        self.gateway = gateway
        self.terms = terms
        self.version = version
        self.createdAt = createdAt
    }

    /// What can be edited.
    package struct Terms: Hashable, Sendable {
        package static let title = TextRule(1...80, .line)
        package static let titleCount = 0...20
        package static let positions = 0...10_000
        package static let amounts: ClosedRange<Int64> = 0...1_000_000_000_000

        /// False: withheld where the rule fits.
        package var isOffered: Bool
        /// nil for any.
        package var currency: Currency?
        /// In minor units of the currency.
        package var least: Int64?
        package var most: Int64?
        /// Where the goods go; nil for anywhere, and for what is not shipped.
        package var area: ShippingArea?
        package var hours: Hours?
        /// The order in which rules are tried, and in which what is offered is shown.
        package var position: Int
        package var titles: [ContentLocale: String]

        package init(
            isOffered: Bool = true, currency: Currency? = nil, least: Int64? = nil, most: Int64? = nil,
            area: ShippingArea? = nil, hours: Hours? = nil, position: Int = 0, titles: [ContentLocale: String] = [:]
        ) {
            self.isOffered = isOffered
            self.currency = currency
            self.least = least
            self.most = most
            self.area = area
            self.hours = hours
            self.position = position
            self.titles = titles
        }

        func check(_ check: inout InputCheck) {
            if let least { check.number("/least_minor", least, in: Self.amounts) }
            if let most { check.number("/most_minor", most, in: Self.amounts) }
            if currency == nil, least != nil || most != nil {
                check.fail("/currency", "required", "is required with an amount")
            }
            if let least, let most, least > most { check.fail("/most_minor", "order", "must not be below least_minor") }
            check.number("/position", position, in: Self.positions)
            hours?.check(&check)
            if titles.count > Self.titleCount.upperBound {
                check.fail("/titles", "too_many", "there are at most \(Self.titleCount.upperBound) titles")
            }
            for title in titles.values { check.text("/titles", title, Self.title) }
        }
    }

    /// A part of the day.
    package struct Hours: Hashable, Sendable {
        package static let minutes = 0...1_439
        package static let offsets = -720...840

        /// In minutes since midnight; over midnight where the end is the smaller.
        package let from: Int
        /// The first minute that is not part of it.
        package let until: Int
        /// How far the clocks are ahead of UTC, in minutes.
        package let utcOffset: Int

        package init(from: Int, until: Int, utcOffset: Int) {
            self.from = from
            self.until = until
            self.utcOffset = utcOffset
        }

        package func contains(_ time: Date) -> Bool {
            let second = (time.secondsSince1970 % 86_400 + 86_400) % 86_400
            let minute = (second / 60 + Int64(utcOffset) + 1_440) % 1_440
            return from < until
                ? (from..<until).contains(Int(minute)) : !(until..<from).contains(Int(minute))
        }

        func check(_ check: inout InputCheck) {
            check.number("/hours/from_minute", from, in: Self.minutes)
            check.number("/hours/until_minute", until, in: Self.minutes)
            check.number("/hours/utc_offset_minutes", utcOffset, in: Self.offsets)
            if from == until { check.fail("/hours/until_minute", "order", "must be another one than from_minute") }
        }
    }

    /// Whether it says anything about this.
    func fits(_ occasion: PaymentOccasion) -> Bool {
        if let currency = terms.currency, currency != occasion.amount.currency { return false }
        if let least = terms.least, occasion.amount.minorUnits < least { return false }
        if let most = terms.most, occasion.amount.minorUnits > most { return false }
        if let hours = terms.hours, !hours.contains(occasion.time) { return false }
        guard let area = terms.area else { return true }
        guard let destination = occasion.destination else { return false }
        return area.precision(for: destination) != nil
    }
}

/// What is to be paid, where to and when.
package struct PaymentOccasion: Hashable, Sendable {
    package let amount: Money
    /// nil where nothing is shipped, or it is not known yet.
    package let destination: ShippingDestination?
    package let time: Date
    /// Whether the customer has chosen to pay on delivery, so that cash is among what can be offered.
    package let isOnDelivery: Bool

    package init(amount: Money, destination: ShippingDestination?, time: Date, isOnDelivery: Bool = false) {
        self.amount = amount
        self.destination = destination
        self.time = time
        self.isOnDelivery = isOnDelivery
    }
}
