import Core
import Foundation
import Vendors

/// Under whose law somebody's supplies are taxed, and where.
struct Supply: Sendable {
    /// nil: they are not.
    let day: TaxTable.Day?
    let place: SupplyPlace
    let country: String?
    let region: String?
    let reason: PricingTrace.SupplyReason
    /// Why goods may not go where they are wanted.
    let refusal: LineRefusal.Reason?

    /// Goods are supplied where they are delivered; where that is not known, where they are sold.
    init(by standing: TaxStanding, to destination: PricingRequest.Destination?, rules: PricingRules, at time: Date) {
        let day = standing.country.flatMap { rules.taxes.day(in: $0, at: time) }
        let isAbroad = destination.map { $0.country != standing.country } ?? false
        country = destination?.country ?? standing.country
        region = isAbroad ? destination?.region : destination?.region ?? standing.region
        let isAcross = isAbroad || region != standing.region
        refusal = Self.refusal(of: standing, to: destination, isAcross: isAcross, isKnown: day != nil)
        switch day?.jurisdiction.scheme {
        case .indianGST?:
            let isTerritory = region.map { day?.jurisdiction.territories.contains($0) ?? false } ?? false
            place = isAcross ? .acrossStates : .withinState(isTerritory: isTerritory)
        case .vat?, nil: place = .country
        }
        if day == nil {
            (self.day, reason) = (nil, .jurisdictionUnknown)
        } else if standing.kind != .regular {
            (self.day, reason) = (nil, .notTaxed)
        } else if isAbroad {
            (self.day, reason) = (nil, .export)
        } else {
            self.day = day
            reason =
                if destination?.region == nil {
                    .destinationUnknown
                } else if place == .country {
                    .wholeCountry
                } else {
                    isAcross ? .acrossRegions : .withinRegion
                }
        }
    }

    private static func refusal(
        of standing: TaxStanding, to destination: PricingRequest.Destination?, isAcross: Bool, isKnown: Bool
    ) -> LineRefusal.Reason? {
        guard isKnown, !standing.crossesRegions, let destination else { return nil }
        if destination.country == standing.country, destination.region == nil { return .destinationRegionUnknown }
        return isAcross ? .vendorNotInterstate : nil
    }
}
