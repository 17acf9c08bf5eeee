import Addresses
package import Core
import Registrations
import Values

/// Where a parcel goes, as zones and rules look at it.
package struct ShippingDestination: Hashable, Sendable {
    /// ISO 3166-1 alpha-2.
    package let country: String
    /// The codes of the regions that it lies in, the smallest first: of an Indian address its State, of a Bangladeshi one its district and
    /// division. Empty where none is known.
    package let regions: [String]
    /// In digits; nil where none is known.
    package let postalCode: String?

    package init(country: String, regions: [String] = [], postalCode: String? = nil) {
        self.country = country
        self.regions = regions
        self.postalCode = postalCode
    }
}

/// Post codes from one through another of the same length.
package struct PostalRange: Hashable, Sendable {
    /// What a post code must be like.
    package static let code = TextRule(3...10, .only("0-9"))

    package let from: String
    package let through: String

    package init(from: String, through: String) {
        self.from = from
        self.through = through
    }

    package func contains(_ code: String) -> Bool {
        let (code, from, through) = (UTF8Text(code), UTF8Text(from), UTF8Text(through))
        return code.utf8.count == from.utf8.count && !code.utf8.lexicographicallyPrecedes(from.utf8)
            && !through.utf8.lexicographicallyPrecedes(code.utf8)
    }

    /// How many codes it has.
    fileprivate var width: Int64 { (Int64(through) ?? .max) - (Int64(from) ?? 0) }
}

/// A part of the world: a country, narrowed to a region, to post codes, or to both.
package struct ShippingArea: Hashable, Sendable {
    /// What the code of a country must be like (ISO 3166-1 alpha-2).
    package static let country = TextRule(2...2, .only("A-Z"))
    /// What a region's code or name must be like.
    package static let region = TextRule(1...100, .line)

    package let country: String
    /// The code of a State, division or district; nil for all of the country.
    package let region: String?
    /// nil for all.
    package let postalCodes: PostalRange?

    package init(country: String, region: String? = nil, postalCodes: PostalRange? = nil) {
        self.country = country
        self.region = region
        self.postalCodes = postalCodes
    }

    /// How closely it fits a destination; nil where that lies outside of it.
    package func precision(for destination: ShippingDestination) -> AreaPrecision? {
        guard UTF8Text(country) == UTF8Text(destination.country) else { return nil }
        var regionLevel = 0
        if let region {
            let place = destination.regions.firstIndex { UTF8Text($0) == UTF8Text(region) }
            guard let place else { return nil }
            regionLevel = destination.regions.count - place
        }
        guard let postalCodes else { return AreaPrecision(regionLevel: regionLevel) }
        guard let code = destination.postalCode, postalCodes.contains(code) else { return nil }
        return AreaPrecision(codes: postalCodes.width, regionLevel: regionLevel)
    }
}

/// Post codes go before regions, few codes before many, a district before its division.
package struct AreaPrecision: Hashable, Sendable, Comparable {
    /// nil for all of them.
    fileprivate let codes: Int64?
    fileprivate let regionLevel: Int

    fileprivate init(codes: Int64? = nil, regionLevel: Int) {
        self.codes = codes
        self.regionLevel = regionLevel
    }

    package static func < (left: AreaPrecision, right: AreaPrecision) -> Bool {
        switch (left.codes, right.codes) {
        case (nil, _?): true
        case (_?, nil): false
        case (let one?, let other?) where one != other: one > other
        default: left.regionLevel < right.regionLevel
        }
    }
}

extension ShippingArea {
    /// The same with its region's code in place of a name that people call it by.
    /// - Parameter regions: of its country; nil where that country's are not known, and none can be named.
    func checked(
        _ check: inout InputCheck, at pointer: String, regions: Regions?, on day: CivilDate
    ) -> ShippingArea {
        check.text(pointer + "/country", country, Self.country)
        if let postalCodes {
            check.text(pointer + "/postal_from", postalCodes.from, PostalRange.code)
            check.text(pointer + "/postal_through", postalCodes.through, PostalRange.code)
            if !postalCodes.contains(postalCodes.from) || !postalCodes.contains(postalCodes.through) {
                check.fail(
                    pointer + "/postal_through", "order",
                    "must have as many digits as postal_from, and not be before it")
            }
        }
        guard let region else { return self }
        guard let code = regions?.code(ofAny: region, on: day) else {
            check.fail(pointer + "/region", "unknown", "is no region of the country that is known")
            return self
        }
        return ShippingArea(country: country, region: code, postalCodes: postalCodes)
    }

    /// The country, where its regions are known.
    var market: Market? { Market(rawValue: country) }
}

extension Regions {
    /// The code of the State, division or district that people call so.
    fileprivate func code(ofAny text: String, on day: CivilDate) -> String? {
        for kind in [Region.Kind.state, .district, .division] {
            if let found = region(text, kind, on: day) { return found.code }
        }
        return nil
    }
}
