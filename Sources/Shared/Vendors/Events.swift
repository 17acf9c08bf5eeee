package import Core
package import Jobs

/// Something about a vendor has changed that others may keep: whether it sells, its name, its profile, where it ships from.
package struct VendorChanged: Event, Hashable {
    package static let name = "vendor.changed"

    package let vendorID: ID<Vendor>

    package init(vendorID: ID<Vendor>) { self.vendorID = vendorID }
}

/// The marketplace lets a vendor sell that has applied.
package struct VendorApproved: Event, Hashable {
    package static let name = "vendor.approved"

    package let vendorID: ID<Vendor>
    /// Whether an account is its owner's already.
    package let hasOwner: Bool

    package init(vendorID: ID<Vendor>, hasOwner: Bool) {
        self.vendorID = vendorID
        self.hasOwner = hasOwner
    }
}
