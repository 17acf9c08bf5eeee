/// Where the physical lines of an order go.
package struct ShippingAddress: Hashable, Sendable, Codable {
    package let name: String
    /// For labels that are printed in ASCII alone.
    package let latinName: String?
    package let line1: String
    package let line2: String?
    /// What it lies near.
    package let landmark: String?
    package let city: String
    /// A State, division or district by its name.
    package let region: String?
    /// The same by its code, where it is known: of an Indian State that of GSTINs, in Bangladesh that of ISO 3166-2.
    package let regionCode: String?
    package let postalCode: String?
    /// Two capital letters (ISO 3166-1).
    package let country: String
    package let phone: String?
    /// Whom couriers call where nobody answers the other one.
    package let alternatePhone: String?

    package init(
        name: String, latinName: String? = nil, line1: String, line2: String? = nil, landmark: String? = nil,
        city: String, region: String? = nil, regionCode: String? = nil, postalCode: String? = nil, country: String,
        phone: String? = nil, alternatePhone: String? = nil
    ) {
        self.name = name
        self.latinName = latinName
        self.line1 = line1
        self.line2 = line2
        self.landmark = landmark
        self.city = city
        self.region = region
        self.regionCode = regionCode
        self.postalCode = postalCode
        self.country = country
        self.phone = phone
        self.alternatePhone = alternatePhone
    }

    private enum CodingKeys: String, CodingKey {
        case name, line1, line2, landmark, city, region, country, phone
        case latinName = "latin_name"
        case regionCode = "region_code"
        case postalCode = "postal_code"
        case alternatePhone = "alternate_phone"
    }
}
