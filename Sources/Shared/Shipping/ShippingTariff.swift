package import Core
package import Foundation
package import Vendors

/// The physical goods of one vendor in an order.
package struct Parcel: Hashable, Sendable {
    package let vendor: ID<Vendor>
    /// In grams.
    package let weight: Int64
    /// What the goods cost, before discounts and charges.
    package let subtotal: Money

    package init(vendor: ID<Vendor>, weight: Int64, subtotal: Money) {
        self.vendor = vendor
        self.weight = weight
        self.subtotal = subtotal
    }
}

/// A way in which a parcel can go.
package struct ShippingOption: Hashable, Sendable {
    package let method: ID<ShippingMethod>
    /// Whose it is; nil: the marketplace's.
    package let owner: ID<Vendor>?
    package let terms: ShippingTerms
    /// For the parcel; of what the order is charged once for, for all parcels that go this way.
    package let amount: Money

    package init(method: ID<ShippingMethod>, owner: ID<Vendor>? = nil, terms: ShippingTerms, amount: Money) {
        self.method = method
        self.owner = owner
        self.terms = terms
        self.amount = amount
    }
}

/// What is known of how a parcel can go.
package enum ShippingOffer: Hashable, Sendable {
    /// Nobody has said what shipping costs: nothing is charged.
    case unpriced
    /// The cheapest first; none where nothing goes there.
    case options([ShippingOption])

    package var options: [ShippingOption] { if case .options(let options) = self { options } else { [] } }
}

/// What is charged for shipping.
package struct ShippingDue: Hashable, Sendable {
    package let option: ShippingOption
    /// Whose parcels it is for: one vendor's, or those of several that the order is charged once for.
    package let vendors: [ID<Vendor>]
}

/// What was loaded of zones and methods for one destination; says by itself how parcels can go and for how much.
package struct ShippingTariff: Sendable {
    /// A zone of the marketplace or a vendor that the destination lies in, with what of its areas fits.
    package struct Zone: Sendable {
        package let zone: ShippingZone
        package let methods: [ShippingMethod]

        package init(zone: ShippingZone, methods: [ShippingMethod]) {
            self.zone = zone
            self.methods = methods
        }
    }

    private let destination: ShippingDestination
    private let time: Date
    /// Those who have zones, whether or not the destination lies in one; nil stands for the marketplace.
    private let owners: Set<ID<Vendor>?>
    private let zones: [ID<Vendor>?: Zone]

    /// - Parameters:
    ///   - owners: who has zones at all; nil stands for the marketplace.
    ///   - zones: those that the destination may lie in.
    package init(destination: ShippingDestination, at time: Date, owners: Set<ID<Vendor>?>, zones: [Zone]) {
        self.destination = destination
        self.time = time
        self.owners = owners
        var best: [ID<Vendor>?: (zone: Zone, precision: AreaPrecision)] = [:]
        for zone in zones.sorted(by: { $0.zone.id < $1.zone.id }) {
            guard let precision = zone.zone.areas.compactMap({ $0.precision(for: destination) }).max() else { continue }
            if let known = best[zone.zone.vendor], known.precision >= precision { continue }
            best[zone.zone.vendor] = (zone, precision)
        }
        self.zones = best.mapValues(\.zone)
    }

    /// How each parcel can go, in their order.
    /// - Throws: `MoneyError`.
    package func offers(for parcels: [Parcel]) throws(MoneyError) -> [ShippingOffer] {
        var offers: [ShippingOffer] = []
        for parcel in parcels {
            guard let owner = owner(of: parcel) else {
                offers.append(.unpriced)
                continue
            }
            var options: [ShippingOption] = []
            for method in zones[owner]?.methods ?? [] {
                if let option = try option(method, for: parcel, among: parcels) { options.append(option) }
            }
            offers.append(
                .options(options.sorted { ($0.amount.minorUnits, $0.method) < ($1.amount.minorUnits, $1.method) }))
        }
        return offers
    }

    /// What is due for the options that were chosen for parcels, those of the order reckoned anew for the parcels that go that way.
    /// - Parameter chosen: by the parcels' places; nil where nothing is charged.
    /// - Throws: `MoneyError`.
    package func due(for parcels: [Parcel], by chosen: [ShippingOption?]) throws(MoneyError) -> [ShippingDue] {
        var due: [ShippingDue] = []
        var seen: Set<ID<ShippingMethod>> = []
        for (parcel, option) in zip(parcels, chosen) {
            guard let option else { continue }
            guard option.terms.unit == .order else {
                due.append(ShippingDue(option: option, vendors: [parcel.vendor]))
                continue
            }
            guard seen.insert(option.method).inserted else { continue }
            let together = zip(parcels, chosen).filter { $0.1?.method == option.method }.map(\.0)
            let amount = try Self.amount(option.terms.charge, for: together) ?? option.amount
            due.append(
                ShippingDue(
                    option: ShippingOption(
                        method: option.method, owner: option.owner, terms: option.terms, amount: amount),
                    vendors: together.map(\.vendor)))
        }
        return due
    }

    /// Whose zones count for a parcel: its vendor's, where it has any, else the marketplace's; nil where neither has.
    private func owner(of parcel: Parcel) -> ID<Vendor>?? {
        if owners.contains(parcel.vendor) { return .some(parcel.vendor) }
        return owners.contains(nil) ? .some(nil) : .none
    }

    private func option(
        _ method: ShippingMethod, for parcel: Parcel, among parcels: [Parcel]
    ) throws(MoneyError) -> ShippingOption? {
        let terms = method.terms
        guard terms.holds(at: time), terms.largestGrams.map({ parcel.weight <= $0 }) ?? true else { return nil }
        let together = terms.unit == .vendor ? [parcel] : parcels.filter { !owners.contains($0.vendor) }
        guard let amount = try Self.amount(terms.charge, for: together) else { return nil }
        return ShippingOption(
            method: method.id, owner: owners.contains(parcel.vendor) ? parcel.vendor : nil, terms: terms, amount: amount
        )
    }

    private static func amount(_ charge: ShippingCharge, for parcels: [Parcel]) throws(MoneyError) -> Money? {
        var weight: Int64 = 0
        for parcel in parcels {
            let (sum, overflow) = weight.addingReportingOverflow(parcel.weight)
            guard !overflow else { throw .overflow }
            weight = sum
        }
        let subtotals = parcels.map(\.subtotal)
        guard let currency = subtotals.first?.currency, subtotals.allSatisfy({ $0.currency == currency }) else {
            return nil
        }
        return try charge.amount(weight: weight, subtotal: try subtotals.total(in: currency))
    }
}
