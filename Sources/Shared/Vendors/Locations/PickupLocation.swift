package import Addresses
package import Core
package import Foundation
package import Registrations

/// Where couriers fetch a vendor's parcels.
package struct PickupLocation: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "loc"
    /// What a name must be like.
    package static let name = TextRule(1...100, .line)
    /// What a telephone number is typed like.
    package static let phone = TextRule(1...40, .line)

    package let id: ID<PickupLocation>
    package let vendor: ID<Vendor>
    /// For people.
    package let name: String
    package let phone: PhoneNumber
    package let address: PostalAddress
    /// The tax registration that goods are sold under from here.
    package let registration: ID<TaxRegistration>?
    /// Whether couriers are sent there.
    package let isActive: Bool
    package let version: Int64
    package let createdAt: Date

    package init(
        id: ID<PickupLocation>, vendor: ID<Vendor>, name: String, phone: PhoneNumber, address: PostalAddress,
        registration: ID<TaxRegistration>? = nil, isActive: Bool = true, version: Int64 = 1, createdAt: Date
    ) {
        self.id = id
        self.vendor = vendor
        self.name = name
        self.phone = phone
        self.address = address
        self.registration = registration
        self.isActive = isActive
        self.version = version
        self.createdAt = createdAt
    }
}

/// A pickup location as a vendor has entered it.
package struct NewPickupLocation: Hashable, Sendable {
    package let name: String
    /// As people of the country type it.
    package let phone: String
    package let address: NewPostalAddress
    package let registration: ID<TaxRegistration>?

    package init(name: String, phone: String, address: NewPostalAddress, registration: ID<TaxRegistration>? = nil) {
        self.name = name
        self.phone = phone
        self.address = address
        self.registration = registration
    }
}

/// An edit of a pickup location; nil leaves a field as it is.
package struct PickupLocationChanges: Hashable, Sendable {
    package let name: String?
    package let phone: String?
    package let address: NewPostalAddress?
    package let registration: ID<TaxRegistration>?
    package let isActive: Bool?

    package init(
        name: String? = nil, phone: String? = nil, address: NewPostalAddress? = nil,
        registration: ID<TaxRegistration>? = nil, isActive: Bool? = nil
    ) {
        self.name = name
        self.phone = phone
        self.address = address
        self.registration = registration
        self.isActive = isActive
    }
}
