package import Core
package import Postgres
package import Shipping
package import Vendors

/// How a vendor's goods go to the customer, as it was agreed at the sale, and what the vendor is told.
package struct VendorDelivery: Hashable, Sendable {
    /// nil where nothing was charged or nothing is shipped. Likewise its name.
    package let method: ID<ShippingMethod>?
    package let name: String?
    /// Where the customer fetches the goods; nil: they are delivered.
    package let pickupLocation: ID<PickupLocation>?
    package let promise: DeliveryPromise?
    package let note: String
    package let giftMessage: String

    package init(
        method: ID<ShippingMethod>? = nil, name: String? = nil, pickupLocation: ID<PickupLocation>? = nil,
        promise: DeliveryPromise? = nil, note: String = "", giftMessage: String = ""
    ) {
        self.method = method
        self.name = name
        self.pickupLocation = pickupLocation
        self.promise = promise
        self.note = note
        self.giftMessage = giftMessage
    }
}

/// What one vendor is told with an order, and what a gift of theirs is to say.
package struct VendorNote: Hashable, Sendable {
    package let vendor: ID<Vendor>
    package let note: String
    package let giftMessage: String

    package init(vendor: ID<Vendor>, note: String, giftMessage: String = "") {
        self.vendor = vendor
        self.note = note
        self.giftMessage = giftMessage
    }
}

extension VendorDelivery: PostgresRowDecodable {
    static let columns =
        "shipping_method_id, shipping_name, pickup_location_id, earliest_days, latest_days, note, gift_message"

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let earliest: Int32? = try row.decode("earliest_days")
        let latest: Int32? = try row.decode("latest_days")
        let promise: DeliveryPromise? =
            if let earliest, let latest { DeliveryPromise(earliest: Int(earliest), latest: Int(latest)) } else { nil }
        self.init(
            method: try row.decode("shipping_method_id"), name: try row.decode("shipping_name"),
            pickupLocation: try row.decode("pickup_location_id"), promise: promise, note: try row.decode("note"),
            giftMessage: try row.decode("gift_message"))
    }
}
