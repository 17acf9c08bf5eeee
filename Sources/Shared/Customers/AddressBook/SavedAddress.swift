package import Addresses
package import Core
package import Foundation

/// A delivery address that a customer keeps for orders to come.
package struct SavedAddress: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "adr"
    /// What the customer's own name for it must be like.
    package static let label = TextRule(1...60, .line)

    package let id: ID<SavedAddress>
    /// What the customer calls it, such as "Home".
    package let label: String?
    package let delivery: DeliveryAddress
    package let uses: AddressUses
    package let version: Int64
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: ID<SavedAddress>, label: String? = nil, delivery: DeliveryAddress, uses: AddressUses, version: Int64 = 1,
        createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.label = label
        self.delivery = delivery
        self.uses = uses
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What an address is taken for where nobody chooses another one. Each is so for one address of a customer at most.
package struct AddressUses: Hashable, Sendable {
    package var isDefaultShipping: Bool
    package var isDefaultBilling: Bool

    package init(isDefaultShipping: Bool = false, isDefaultBilling: Bool = false) {
        self.isDefaultShipping = isDefaultShipping
        self.isDefaultBilling = isDefaultBilling
    }
}

/// An address as a customer has entered it for their book.
package struct NewSavedAddress: Hashable, Sendable {
    package let label: String?
    package let delivery: NewDeliveryAddress
    /// What the customer has said of it; the first address is taken for both all the same.
    package let uses: AddressUses

    package init(label: String? = nil, delivery: NewDeliveryAddress, uses: AddressUses = AddressUses()) {
        self.label = label.map(SavedAddress.label.normalized)
        self.delivery = delivery
        self.uses = uses
    }
}

/// An edit of an address; nil leaves a part as it is. A place is replaced as a whole, as its parts depend on each other.
package struct SavedAddressChanges: Sendable {
    /// `.some(nil)` takes it away.
    package let label: String??
    package let name: String?
    /// `.some(nil)` takes it away.
    package let latinName: String??
    package let phone: String?
    /// `.some(nil)` takes it away.
    package let alternatePhone: String??
    package let place: NewPlace?
    package let isDefaultShipping: Bool?
    package let isDefaultBilling: Bool?

    package init(
        label: String?? = nil, name: String? = nil, latinName: String?? = nil, phone: String? = nil,
        alternatePhone: String?? = nil, place: NewPlace? = nil, isDefaultShipping: Bool? = nil,
        isDefaultBilling: Bool? = nil
    ) {
        self.label = label.map { $0.map(SavedAddress.label.normalized) }
        self.name = name
        self.latinName = latinName
        self.phone = phone
        self.alternatePhone = alternatePhone
        self.place = place
        self.isDefaultShipping = isDefaultShipping
        self.isDefaultBilling = isDefaultBilling
    }
}
