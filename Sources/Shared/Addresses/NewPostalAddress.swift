package import Core
import Foundation
package import Registrations
package import Values

/// An address as somebody has entered it.
package struct NewPostalAddress: Hashable, Sendable {
    /// What a part that an address has to have must be like.
    package static let required = TextRule(1...200, .line)
    /// What any other part must be like.
    package static let optional = TextRule(0...200, .line)
    /// What codes and names of regions must be like.
    package static let region = TextRule(1...100, .line)
    /// What a post code is typed like.
    package static let postalCode = TextRule(1...40, .line)

    package let line1: String
    package let line2: String?
    package let landmark: String?
    /// In India.
    package let city: String?
    package let state: String?
    /// In Bangladesh: told by the district, and compared with it where it is given.
    package let division: String?
    package let district: String?
    package let upazila: String?
    package let postalCode: String?
    /// Whether the State is right although the post code lies elsewhere: a few codes straddle a border.
    package let isRegionConfirmed: Bool

    package init(
        line1: String, line2: String? = nil, landmark: String? = nil, city: String? = nil, state: String? = nil,
        division: String? = nil, upazila: String? = nil, district: String? = nil, postalCode: String? = nil,
        isRegionConfirmed: Bool = false
    ) {
        self.line1 = line1
        self.line2 = line2
        self.landmark = landmark
        self.city = city
        self.state = state
        self.division = division
        self.district = district
        self.upazila = upazila
        self.postalCode = postalCode
        self.isRegionConfirmed = isRegionConfirmed
    }

    /// The address, or nil after at least one failure. Every field that is wrong is told.
    /// - Parameters:
    ///   - pointer: of the object with the address's fields.
    ///   - zones: what post codes tell of the region; nil where nobody is to be asked about it.
    ///   - day: on which it has to be right.
    package func checked(
        _ check: inout InputCheck, at pointer: String, in market: Market, regions: Regions, zones: PostalZones? = nil,
        on day: CivilDate
    ) -> PostalAddress? {
        var own = InputCheck()
        own.text(pointer + "/line1", line1, Self.required)
        if let line2 { own.text(pointer + "/line2", line2, Self.optional) }
        if let landmark { own.text(pointer + "/landmark", landmark, Self.optional) }
        let place =
            switch market {
            case .india: india(&own, at: pointer, regions, zones, day)
            case .bangladesh: bangladesh(&own, at: pointer, regions, day)
            }
        check.add(own)
        guard own.isClean, let place else { return nil }
        return PostalAddress(
            line1: line1, line2: line2.nonempty, landmark: landmark.nonempty, place: place)
    }

    private func india(
        _ check: inout InputCheck, at pointer: String, _ regions: Regions, _ zones: PostalZones?, _ day: CivilDate
    ) -> PostalAddress.Place? {
        let city = check.present(pointer + "/city", city, Self.required)
        let state = check.region(pointer + "/state", state, .state, regions, day)
        check.unwanted(
            [("division", division), ("upazila", upazila), ("district", district)], at: pointer,
            "is no part of an Indian address")
        guard let typed = check.present(pointer + "/postal_code", postalCode, Self.postalCode) else { return nil }
        let pin: PINCode
        do throws(IdentifierFault) {
            pin = try PINCode(typed: typed)
        } catch {
            check.fail(pointer + "/postal_code", error.violation)
            return nil
        }
        guard let city, let state else { return nil }
        if !isRegionConfirmed, let possible = zones?.regions(of: pin.text), !possible.contains(state.code) {
            let names = possible.sorted().compactMap { regions.region(coded: $0, on: day)?.name }
            check.fail(
                pointer + "/state", "other_than_postal_code",
                "is not where the post code lies (\(names.joined(separator: ", "))): correct one of them, or confirm the State"
            )
        }
        return .india(city: city, state: state.code, pin: pin)
    }

    private func bangladesh(
        _ check: inout InputCheck, at pointer: String, _ regions: Regions, _ day: CivilDate
    ) -> PostalAddress.Place? {
        let upazila = check.present(pointer + "/upazila", upazila, Self.required)
        let district = check.region(pointer + "/district", district, .district, regions, day)
        if let division, let found = check.region(pointer + "/division", division, .division, regions, day),
            let district, district.parent != found.code
        {
            check.fail(pointer + "/division", "other_than_district", "is not the division that the district is in")
        }
        check.unwanted([("city", city), ("state", state)], at: pointer, "is no part of a Bangladeshi address")
        var code: String?
        if let postalCode = postalCode.nonempty {
            do throws(IdentifierFault) {
                code = try BangladeshPostalCode(typed: postalCode).text
            } catch {
                check.fail(pointer + "/postal_code", error.violation)
            }
        }
        guard let upazila, let district else { return nil }
        return .bangladesh(upazila: upazila, district: district.code, postalCode: code)
    }
}

extension String? {
    /// nil for an empty one.
    fileprivate var nonempty: String? { flatMap { $0.isEmpty ? nil : $0 } }
}

extension InputCheck {
    fileprivate mutating func unwanted(
        _ parts: [(name: String, value: String?)], at pointer: String, _ message: String
    ) {
        for part in parts where part.value != nil { fail("\(pointer)/\(part.name)", "not_wanted", message) }
    }

    /// Requires a text; nil after a failure.
    fileprivate mutating func present(_ pointer: String, _ text: String?, _ rule: TextRule) -> String? {
        guard let text else {
            fail(pointer, "required", "is required")
            return nil
        }
        self.text(pointer, text, rule)
        return rule.violations(of: text).isEmpty ? text : nil
    }

    /// Requires a region by its code or name; nil after a failure.
    fileprivate mutating func region(
        _ pointer: String, _ text: String?, _ kind: Region.Kind, _ regions: Regions, _ day: CivilDate
    ) -> Region? {
        guard let text = present(pointer, text, NewPostalAddress.region) else { return nil }
        guard let region = regions.region(text, kind, on: day) else {
            fail(pointer, "unknown", "is no \(kind.rawValue) that is known")
            return nil
        }
        return region
    }
}
