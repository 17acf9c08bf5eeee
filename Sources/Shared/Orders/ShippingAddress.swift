/// Where the physical lines of an order go.
package struct ShippingAddress: Hashable, Sendable, Codable {
    package let name: String
    package let line1: String
    package let line2: String?
    package let city: String
    package let region: String?
    package let postalCode: String?
    /// Two capital letters (ISO 3166-1).
    package let country: String
    package let phone: String?

    package init(
        name: String, line1: String, line2: String? = nil, city: String, region: String? = nil,
        postalCode: String? = nil, country: String, phone: String? = nil
    ) {
        self.name = name
        self.line1 = line1
        self.line2 = line2
        self.city = city
        self.region = region
        self.postalCode = postalCode
        self.country = country
        self.phone = phone
    }

    private enum CodingKeys: String, CodingKey {
        case name, line1, line2, city, region, country, phone
        case postalCode = "postal_code"
    }
}
