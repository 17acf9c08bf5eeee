package import Core
package import Foundation
package import Vendors

/// Areas that parcels go to by the same methods. Of one owner's zones the one counts that fits a destination most closely; where it has
/// no methods, nothing goes there.
package struct ShippingZone: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "shz"
    /// What a name must be like.
    package static let name = TextRule(1...100, .line)
    package static let areaCount = 1...200
    /// How many zones the marketplace or a vendor has at most.
    package static let mostPerOwner = 100

    package let id: ID<ShippingZone>
    /// nil: the marketplace's own.
    package let vendor: ID<Vendor>?
    package let name: String
    package let areas: [ShippingArea]
    /// Grows with every edit.
    package let version: Int64
    package let createdAt: Date

    package init(
        id: ID<ShippingZone>, vendor: ID<Vendor>?, name: String, areas: [ShippingArea], version: Int64 = 1,
        createdAt: Date
    ) {
        self.id = id
        self.vendor = vendor
        self.name = name
        self.areas = areas
        self.version = version
        self.createdAt = createdAt
    }
}

/// A zone as somebody has entered it; regions by their codes or names.
package struct NewShippingZone: Hashable, Sendable {
    /// nil: the marketplace's own.
    package let vendor: ID<Vendor>?
    package let name: String
    package let areas: [ShippingArea]

    package init(vendor: ID<Vendor>?, name: String, areas: [ShippingArea]) {
        self.vendor = vendor
        self.name = name
        self.areas = areas
    }
}

/// An edit of a zone; nil leaves a field as it is.
package struct ShippingZoneChanges: Hashable, Sendable {
    package let name: String?
    package let areas: [ShippingArea]?

    package init(name: String? = nil, areas: [ShippingArea]? = nil) {
        self.name = name
        self.areas = areas
    }
}

/// A zone with its methods, the oldest first.
package struct ShippingZoneDetails: Hashable, Sendable {
    package let zone: ShippingZone
    package let methods: [ShippingMethod]

    package init(zone: ShippingZone, methods: [ShippingMethod]) {
        self.zone = zone
        self.methods = methods
    }
}
