package import Core
import Foundation
package import Registrations
package import Values

/// A place of business, in the form that its country has for addresses.
package struct VendorAddress: Hashable, Sendable {
    /// Where in its country it lies; what is known of that differs from country to country.
    package enum Place: Hashable, Sendable {
        /// - Parameter state: the code of GSTINs.
        case india(city: String, state: String, pin: PINCode)
        /// - Parameters:
        ///   - upazila: or thana, in cities.
        ///   - district: the code of ISO 3166-2.
        ///   - postalCode: four digits, which few people know.
        case bangladesh(upazila: String, district: String, postalCode: String?)
    }

    package let line1: String
    package let line2: String?
    /// What it lies near: how most places are found.
    package let landmark: String?
    package let place: Place

    package init(line1: String, line2: String? = nil, landmark: String? = nil, place: Place) {
        self.line1 = line1
        self.line2 = line2
        self.landmark = landmark
        self.place = place
    }

    package var market: Market {
        switch place {
        case .india: .india
        case .bangladesh: .bangladesh
        }
    }

    /// The code of its State or district.
    package var region: String {
        switch place {
        case .india(_, let state, _): state
        case .bangladesh(_, let district, _): district
        }
    }
}

/// An address as somebody has entered it.
package struct NewAddress: Hashable, Sendable {
    /// What a part that an address has to have must be like.
    package static let required = TextRule(1...200, .line)
    /// What any other part must be like.
    package static let optional = TextRule(0...200, .line)
    /// What codes and names of regions must be like.
    package static let region = TextRule(1...100, .line)
    /// What a post code is typed like.
    package static let postalCode = TextRule(1...20, .line)

    package let line1: String
    package let line2: String?
    package let landmark: String?
    /// In India.
    package let city: String?
    package let state: String?
    /// In Bangladesh.
    package let upazila: String?
    package let district: String?
    package let postalCode: String?

    package init(
        line1: String, line2: String? = nil, landmark: String? = nil, city: String? = nil, state: String? = nil,
        upazila: String? = nil, district: String? = nil, postalCode: String? = nil
    ) {
        self.line1 = line1
        self.line2 = line2
        self.landmark = landmark
        self.city = city
        self.state = state
        self.upazila = upazila
        self.district = district
        self.postalCode = postalCode
    }

    /// The address, or nil after at least one failure.
    func checked(
        _ check: inout InputCheck, at pointer: String, in market: Market, regions: Regions, on day: CivilDate
    ) -> VendorAddress? {
        var own = InputCheck()
        own.text(pointer + "/line1", line1, Self.required)
        if let line2 { own.text(pointer + "/line2", line2, Self.optional) }
        if let landmark { own.text(pointer + "/landmark", landmark, Self.optional) }
        let place =
            switch market {
            case .india: india(&own, at: pointer, regions, day)
            case .bangladesh: bangladesh(&own, at: pointer, regions, day)
            }
        check.add(own)
        guard own.isClean, let place else { return nil }
        return VendorAddress(line1: line1, line2: line2, landmark: landmark, place: place)
    }

    private func india(
        _ check: inout InputCheck, at pointer: String, _ regions: Regions, _ day: CivilDate
    ) -> VendorAddress.Place? {
        let city = check.present(pointer + "/city", city, Self.required)
        let state = check.region(pointer + "/state", state, .state, regions, day)
        for (name, part) in [("upazila", upazila), ("district", district)] where part != nil {
            check.fail("\(pointer)/\(name)", "not_wanted", "is no part of an Indian address")
        }
        guard let typed = check.present(pointer + "/postal_code", postalCode, Self.postalCode) else { return nil }
        do throws(IdentifierFault) {
            let pin = try PINCode(typed)
            guard let city, let state else { return nil }
            return .india(city: city, state: state, pin: pin)
        } catch {
            check.fail(pointer + "/postal_code", error.violation)
            return nil
        }
    }

    private func bangladesh(
        _ check: inout InputCheck, at pointer: String, _ regions: Regions, _ day: CivilDate
    ) -> VendorAddress.Place? {
        let upazila = check.present(pointer + "/upazila", upazila, Self.required)
        let district = check.region(pointer + "/district", district, .district, regions, day)
        for (name, part) in [("city", city), ("state", state)] where part != nil {
            check.fail("\(pointer)/\(name)", "not_wanted", "is no part of a Bangladeshi address")
        }
        var code: String?
        if let postalCode {
            do throws(IdentifierFault) {
                code = try BangladeshPostalCode(postalCode).text
            } catch {
                check.fail(pointer + "/postal_code", error.violation)
            }
        }
        guard let upazila, let district else { return nil }
        return .bangladesh(upazila: upazila, district: district, postalCode: code)
    }
}

extension InputCheck {
    /// Requires a text; nil after a failure.
    mutating func present(_ pointer: String, _ text: String?, _ rule: TextRule) -> String? {
        guard let text else {
            fail(pointer, "required", "is required")
            return nil
        }
        self.text(pointer, text, rule)
        return rule.violations(of: text).isEmpty ? text : nil
    }

    /// Requires a region by its code or name; its code, or nil after a failure.
    fileprivate mutating func region(
        _ pointer: String, _ text: String?, _ kind: Region.Kind, _ regions: Regions, _ day: CivilDate
    ) -> String? {
        guard let text = present(pointer, text, NewAddress.region) else { return nil }
        guard let region = regions.region(text, kind, on: day) else {
            fail(pointer, "unknown", "is no \(kind.rawValue) that is known")
            return nil
        }
        return region.code
    }
}
