package import Core
package import Foundation
package import Vendors

/// A way in which parcels go to a zone, or are fetched from a vendor by those who live there.
package struct ShippingMethod: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "shm"
    /// How many methods a zone has at most.
    package static let mostPerZone = 20

    package let id: ID<ShippingMethod>
    package let zone: ID<ShippingZone>
    package let terms: ShippingTerms
    /// Grows with every edit.
    package let version: Int64
    package let createdAt: Date

    package init(
        id: ID<ShippingMethod>, zone: ID<ShippingZone>, terms: ShippingTerms, version: Int64 = 1, createdAt: Date
    ) {
        self.id = id
        self.zone = zone
        self.terms = terms
        self.version = version
        self.createdAt = createdAt
    }
}

/// What can be edited of a method.
package struct ShippingTerms: Hashable, Sendable {
    package enum Way: Hashable, Sendable {
        case delivery
        /// The customer fetches the goods there.
        case pickup(at: ID<PickupLocation>)

        package var location: ID<PickupLocation>? {
            if case .pickup(let location) = self { location } else { nil }
        }
    }

    /// What is charged.
    package enum Unit: String, Hashable, Sendable, CaseIterable {
        /// Each vendor's parcel.
        case vendor
        /// The order once, however many vendors' parcels go this way: of the marketplace's own methods alone.
        case order
    }

    /// What a name must be like.
    package static let name = TextRule(1...100, .line)
    /// Of one parcel, in grams.
    package static let largestGrams: ClosedRange<Int64> = 1...10_000_000

    package var name: String
    package var way: Way
    package var unit: Unit
    package var charge: ShippingCharge
    /// Of one parcel, in grams; nil for any.
    package var largestGrams: Int64?
    package var promise: DeliveryPromise?
    /// nil where no cash is collected.
    package var cashOnDelivery: CashOnDeliveryTerms?
    package var isActive: Bool
    package var validFrom: Date?
    package var validUntil: Date?

    package init(
        name: String, way: Way = .delivery, unit: Unit = .vendor, charge: ShippingCharge, largestGrams: Int64? = nil,
        promise: DeliveryPromise? = nil, cashOnDelivery: CashOnDeliveryTerms? = nil, isActive: Bool = true,
        validFrom: Date? = nil, validUntil: Date? = nil
    ) {
        self.name = name
        self.way = way
        self.unit = unit
        self.charge = charge
        self.largestGrams = largestGrams
        self.promise = promise
        self.cashOnDelivery = cashOnDelivery
        self.isActive = isActive
        self.validFrom = validFrom
        self.validUntil = validUntil
    }

    package func holds(at time: Date) -> Bool {
        isActive && validFrom.map { $0 <= time } ?? true && validUntil.map { time < $0 } ?? true
    }

    /// - Parameter vendor: whose zone it is in; nil for the marketplace's.
    func check(_ check: inout InputCheck, of vendor: ID<Vendor>?) {
        check.text("/name", name, Self.name)
        charge.check(&check, at: "/charge")
        if let largestGrams { check.number("/largest_grams", largestGrams, in: Self.largestGrams) }
        promise?.check(&check, at: "/promise")
        cashOnDelivery?.check(&check, at: "/cash_on_delivery", in: charge.currency)
        if unit == .order, vendor != nil {
            check.fail("/charged_per", "not_wanted", "a vendor charges for its own parcel")
        }
        if way.location != nil, vendor == nil {
            check.fail("/pickup_location_id", "not_wanted", "goods are fetched from a vendor, in a zone of its own")
        }
        if let validFrom, let validUntil, validUntil <= validFrom {
            check.fail("/valid_until", "order", "must be after valid_from")
        }
    }
}

/// Within how many business days goods are there.
package struct DeliveryPromise: Hashable, Sendable {
    package static let days = 0...365

    package let earliest: Int
    package let latest: Int

    package init(earliest: Int, latest: Int) {
        self.earliest = earliest
        self.latest = latest
    }

    func check(_ check: inout InputCheck, at pointer: String) {
        check.number(pointer + "/earliest_days", earliest, in: Self.days)
        check.number(pointer + "/latest_days", latest, in: Self.days)
        if latest < earliest { check.fail(pointer + "/latest_days", "order", "must not be before earliest_days") }
    }
}

/// On what terms a courier collects cash.
package struct CashOnDeliveryTerms: Hashable, Sendable {
    /// The larger of a sum and a share of what is collected.
    package let fee: Money
    package let feeRate: Rate
    /// What is collected at most; nil for any sum.
    package let limit: Money?

    package init(fee: Money, feeRate: Rate = Rate(partsPerMillion: 0), limit: Money? = nil) {
        self.fee = fee
        self.feeRate = feeRate
        self.limit = limit
    }

    /// What collecting a sum costs.
    /// - Throws: `MoneyError`.
    package func fee(for sum: Money) throws(MoneyError) -> Money {
        let share = try sum.share(at: feeRate)
        return try share.isAtLeast(fee) ? share : fee
    }

    func check(_ check: inout InputCheck, at pointer: String, in currency: Currency) {
        if fee.currency != currency { check.fail(pointer + "/fee", "currency", "must be in the charge’s currency") }
        if fee.isNegative { check.fail(pointer + "/fee", "minimum", "must not be negative") }
        check.number(pointer + "/fee_ppm", feeRate.partsPerMillion, in: 0...Rate.whole.partsPerMillion)
        if let limit {
            if limit.currency != currency {
                check.fail(pointer + "/limit", "currency", "must be in the charge’s currency")
            }
            if limit.isNegative { check.fail(pointer + "/limit", "minimum", "must not be negative") }
        }
    }
}
