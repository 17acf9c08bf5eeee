package import Core
package import Jobs
package import Vendors

/// Assign the keys of a paid order.
package struct DeliverKeys: JobPayload, Hashable {
    package static let kind = "orders.deliver_keys"
    package static let queue = QueueName.delivery

    package let orderID: ID<Order>
    /// How often keys were lacking before.
    package let shortages: Int?

    package init(orderID: ID<Order>, shortages: Int? = nil) {
        self.orderID = orderID
        self.shortages = shortages
    }
}

/// Give back the units of an order that was not paid in time.
package struct ExpireOrder: JobPayload, Hashable {
    package static let kind = "orders.expire"
    package static let queue = QueueName.orders

    package let orderID: ID<Order>

    package init(orderID: ID<Order>) { self.orderID = orderID }
}

/// An order was cancelled or has expired: nobody may begin to pay it any more.
package struct OrderClosed: JobPayload, Hashable {
    package static let kind = "orders.closed"
    package static let queue = QueueName.payments

    package let orderID: ID<Order>

    package init(orderID: ID<Order>) { self.orderID = orderID }
}

/// Tell the customer that keys have arrived.
package struct OrderDelivered: JobPayload, Hashable {
    package static let kind = "notifications.order_delivered"
    package static let queue = QueueName.email

    package let orderID: ID<Order>

    package init(orderID: ID<Order>) { self.orderID = orderID }
}

/// Tell a vendor about a sale, once per order.
package struct VendorSale: JobPayload, Hashable {
    package static let kind = "notifications.vendor_sale"
    package static let queue = QueueName.email

    package let orderID: ID<Order>
    package let vendorID: ID<Vendor>

    package init(orderID: ID<Order>, vendorID: ID<Vendor>) {
        self.orderID = orderID
        self.vendorID = vendorID
    }

    package var uniqueKey: String? { "\(orderID)/\(vendorID)" }
}
