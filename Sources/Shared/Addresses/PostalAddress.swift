import Core
package import Registrations

/// A place that post and couriers reach, in the form that its country has for addresses.
package struct PostalAddress: Hashable, Sendable {
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
