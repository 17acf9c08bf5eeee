package import Core
import Jobs
package import Orders
package import Vendors

/// A document was issued: it has its number, and its files are still to be drawn.
package struct DocumentIssued: Event, Hashable {
    package static let name = "document.issued"

    package let documentID: ID<IssuedDocument>
    package let type: DocumentType
    package let orderID: ID<Order>
    package let vendorOrderID: ID<VendorOrder>
    package let vendorID: ID<Vendor>
}

/// Units of a vendor order were packed; the document tells which.
package struct VendorOrderPacked: Event, Hashable {
    package static let name = "vendor_order.packed"

    package let vendorOrderID: ID<VendorOrder>
    package let orderID: ID<Order>
    package let vendorID: ID<Vendor>
    package let documentID: ID<IssuedDocument>
    /// Whether no unit is left to be packed.
    package let isComplete: Bool
}

/// A document was cancelled; its number stays taken.
package struct DocumentCancelled: Event, Hashable {
    package static let name = "document.cancelled"

    package let documentID: ID<IssuedDocument>
    package let orderID: ID<Order>
    package let vendorID: ID<Vendor>
}
