package import Catalog
package import Core
package import Foundation
package import Inventory
package import Vendors

/// A customer's purchase.
package struct Order: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ord"

    package let id: ID<Order>
    /// For people, such as "H100001".
    package let number: String
    package let state: OrderState
    package let email: EmailAddress
    package let total: Money
    /// As given with the order; nil where nothing is shipped.
    package let shippingAddress: ShippingAddress?
    /// Until when the units are held for an order that is not paid.
    package let reservationExpiresAt: Date
    package let placedAt: Date
    package let paidAt: Date?
    package let fulfilledAt: Date?
    /// When it was cancelled or expired.
    package let closedAt: Date?
    let accessTokenHash: [UInt8]

    package init(
        id: ID<Order>, number: String, state: OrderState, email: EmailAddress, total: Money,
        shippingAddress: ShippingAddress?, reservationExpiresAt: Date, placedAt: Date, paidAt: Date? = nil,
        fulfilledAt: Date? = nil, closedAt: Date? = nil, accessTokenHash: [UInt8]
    ) {
        self.id = id
        self.number = number
        self.state = state
        self.email = email
        self.total = total
        self.shippingAddress = shippingAddress
        self.reservationExpiresAt = reservationExpiresAt
        self.placedAt = placedAt
        self.paidAt = paidAt
        self.fulfilledAt = fulfilledAt
        self.closedAt = closedAt
        self.accessTokenHash = accessTokenHash
    }

    /// The holder of the order's reservations.
    package var holder: ReservationHolder { ReservationHolder(uuid: id.uuid) }
}

/// One bought variant, as it was at the time of the sale.
package struct OrderLine: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "oln"

    package let id: ID<OrderLine>
    package let order: ID<Order>
    package let variant: ID<Variant>
    package let product: ID<Product>
    package let vendor: ID<Vendor>
    package let kind: VariantKind
    package let title: String
    package let sku: String
    package let quantity: Int64
    package let unitPrice: Money
    /// The price of all units.
    package let total: Money
    /// The marketplace's share in ten-thousandths, frozen at the sale.
    package let commissionBasisPoints: Int
    package let fulfilledAt: Date?

    package init(
        id: ID<OrderLine>, order: ID<Order>, variant: ID<Variant>, product: ID<Product>, vendor: ID<Vendor>,
        kind: VariantKind, title: String, sku: String, quantity: Int64, unitPrice: Money, total: Money,
        commissionBasisPoints: Int, fulfilledAt: Date? = nil
    ) {
        self.id = id
        self.order = order
        self.variant = variant
        self.product = product
        self.vendor = vendor
        self.kind = kind
        self.title = title
        self.sku = sku
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.total = total
        self.commissionBasisPoints = commissionBasisPoints
        self.fulfilledAt = fulfilledAt
    }
}

/// Where the physical lines of an order go.
package struct ShippingAddress: Hashable, Sendable, Codable {
    package let name: String
    package let line1: String
    package let line2: String?
    package let city: String
    package let region: String?
    package let postalCode: String?
    /// Two capital letters (ISO 3166-1).
    package let country: String
    package let phone: String?

    package init(
        name: String, line1: String, line2: String? = nil, city: String, region: String? = nil,
        postalCode: String? = nil, country: String, phone: String? = nil
    ) {
        self.name = name
        self.line1 = line1
        self.line2 = line2
        self.city = city
        self.region = region
        self.postalCode = postalCode
        self.country = country
        self.phone = phone
    }

    private enum CodingKeys: String, CodingKey {
        case name, line1, line2, city, region, country, phone
        case postalCode = "postal_code"
    }
}

/// An order with what was bought.
package struct OrderWithLines: Hashable, Sendable {
    package let order: Order
    /// In the order in which they were placed.
    package let lines: [OrderLine]
}

/// An order with all that a reader wants to see of it.
package struct OrderDetails: Hashable, Sendable {
    package let order: Order
    /// In the order in which they were placed.
    package let lines: [OrderLine]
    /// The earliest first.
    package let timeline: [OrderEvent]

    package init(order: Order, lines: [OrderLine], timeline: [OrderEvent]) {
        self.order = order
        self.lines = lines
        self.timeline = timeline
    }
}
