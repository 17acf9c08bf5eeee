package import Core
import Jobs
package import Orders
package import Vendors

/// Goods were packed to be carried.
package struct ShipmentCreated: Event, Hashable {
    package static let name = "shipment.created"

    package let shipmentID: ID<Shipment>
    package let orderID: ID<Order>
    package let vendorOrderID: ID<VendorOrder>
    package let vendorID: ID<Vendor>
    package let courier: String
}

/// A shipment is somewhere else than before.
package struct ShipmentMoved: Event, Hashable {
    package static let name = "shipment.moved"

    package let shipmentID: ID<Shipment>
    package let orderID: ID<Order>
    package let vendorOrderID: ID<VendorOrder>
    package let vendorID: ID<Vendor>
    package let from: ShipmentState
    package let to: ShipmentState
}

/// A courier has not taken a shipment on, and won't without anybody's doing; or it has, and nobody knows.
package struct ShipmentTroubled: Event, Hashable {
    package static let name = "shipment.troubled"

    package let shipmentID: ID<Shipment>
    package let orderID: ID<Order>
    package let vendorID: ID<Vendor>
    package let trouble: Shipment.Trouble.Kind
}

/// A courier has used a word for a shipment's state that we don't know.
package struct ShipmentStatusUnknown: Event, Hashable {
    package static let name = "shipment.status_unknown"

    package let shipmentID: ID<Shipment>
    package let orderID: ID<Order>
    package let courier: String
}
