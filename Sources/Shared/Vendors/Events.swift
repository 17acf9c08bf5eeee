package import Core
package import Jobs

/// Something about a vendor has changed that others may keep: whether it sells, its name, its profile, where it ships from.
package struct VendorChanged: Event, Hashable {
    package static let name = "vendor.changed"

    package let vendorID: ID<Vendor>

    package init(vendorID: ID<Vendor>) { self.vendorID = vendorID }
}
