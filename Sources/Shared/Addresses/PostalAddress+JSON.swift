package import Core
import Foundation
import Registrations

extension PostalAddress {
    /// As it is stored and answered.
    package var json: JSONValue {
        var members: [UTF8Text: JSONValue] = ["country": .string(market.rawValue), "line1": .string(line1)]
        if let line2 { members["line2"] = .string(line2) }
        if let landmark { members["landmark"] = .string(landmark) }
        switch place {
        case .india(let city, let state, let pin):
            members["city"] = .string(city)
            members["state"] = .string(state)
            members["postal_code"] = .string(pin.text)
        case .bangladesh(let upazila, let district, let postalCode):
            members["upazila"] = .string(upazila)
            members["district"] = .string(district)
            if let postalCode { members["postal_code"] = .string(postalCode) }
        }
        return .object(members)
    }

    /// nil for what was not written by `json`.
    package init?(json: JSONValue) {
        func text(_ name: UTF8Text) -> String? { json[name]?.textValue?.string }
        guard let country = text("country"), let market = Market(rawValue: country), let line1 = text("line1") else {
            return nil
        }
        self.line1 = line1
        line2 = text("line2")
        landmark = text("landmark")
        switch market {
        case .india:
            guard let city = text("city"), let state = text("state"), let code = text("postal_code"),
                let pin = try? PINCode(code)
            else { return nil }
            place = .india(city: city, state: state, pin: pin)
        case .bangladesh:
            guard let upazila = text("upazila"), let district = text("district") else { return nil }
            place = .bangladesh(upazila: upazila, district: district, postalCode: text("postal_code"))
        }
    }
}
