import Catalog
package import Core
package import Foundation
package import Inventory
package import Jobs
package import Vendors

/// Units are held for an order that waits for its payment.
package struct OrderPlaced: Event, Hashable {
    package static let name = "order.placed"

    package let orderID: ID<Order>
    /// Until when they are held.
    package let reservationExpiresAt: Date
}

/// An order that is paid on delivery is to be shipped.
package struct OrderConfirmed: Event, Hashable {
    package static let name = "order.confirmed"

    package let orderID: ID<Order>
    /// The vendors who have to ship something.
    package let shippingVendors: [ID<Vendor>]
}

/// An order was cancelled before it was paid: nobody may begin to pay it any more.
package struct OrderCancelled: Event, Hashable {
    package static let name = "order.cancelled"

    package let orderID: ID<Order>
}

/// Units of a paid order are not sent any more; their money goes back.
package struct OrderUnitsCancelled: Event, Hashable {
    package static let name = "order.units_cancelled"

    package let orderID: ID<Order>
    /// Whose they were.
    package let vendors: [ID<Vendor>]
}

/// An order was not paid in time: nobody may begin to pay it any more.
package struct OrderExpired: Event, Hashable {
    package static let name = "order.expired"

    package let orderID: ID<Order>
}

/// All of an order's money has arrived.
package struct OrderPaid: Event, Hashable {
    package static let name = "order.paid"

    package let orderID: ID<Order>
    package let hasLicenceKeys: Bool
    /// The vendors who have to ship something.
    package let shippingVendors: [ID<Vendor>]
}

/// A bank sent the refund of a paid order back: the order is paid as before.
package struct OrderReinstated: Event, Hashable {
    package static let name = "order.reinstated"

    package let orderID: ID<Order>
    /// Whether keys are still to be assigned.
    package let lacksLicenceKeys: Bool
}

/// A paid order waits for keys that pools lack; told once, at the first attempt to assign them.
package struct LicenceKeysLacking: Event, Hashable {
    package static let name = "order.licence_keys_lacking"

    package let orderID: ID<Order>
    /// Whose pools lack them.
    package let vendors: [ID<Vendor>]
}

/// Lines of an order got their keys.
package struct LicenceKeysAssigned: Event, Hashable {
    package static let name = "order.licence_keys_assigned"

    package let orderID: ID<Order>
    /// Whose keys these are.
    package let vendors: [ID<Vendor>]
}

/// A customer is to be sent the keys of an order again.
package struct OrderKeysRequested: Event, Hashable {
    package static let name = "order.licence_keys_requested"

    package let orderID: ID<Order>
    /// The time in which they are sent once, however often they are asked for.
    package let slot: Int64
}

/// Other keys took the place of an order's.
package struct LicenceKeysReplaced: Event, Hashable {
    package static let name = "order.licence_keys_replaced"

    package let orderID: ID<Order>
    /// The new ones.
    package let keyIDs: [ID<LicenceKey>]
}

extension OrderConfirmed {
    init(of lines: [OrderLine], in order: ID<Order>) {
        self.init(
            orderID: order, shippingVendors: Set(lines.filter { $0.kind == .physical }.map(\.vendor)).sorted())
    }
}
