package import Core
package import Foundation
package import Identity
package import Inventory

/// What a customer placed at once, from one vendor or several.
package struct Order: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ord"

    package let id: ID<Order>
    /// For people, such as "H100001".
    package let number: String
    package let state: OrderState
    package let paymentState: OrderPaymentState
    /// How far its vendor orders have come together.
    package let fulfilmentState: FulfilmentState
    package let status: OrderStatus
    package let customer: Customer
    package let total: Money
    /// What has arrived in all, whatever was sent back since.
    package let captured: Money
    package let refunded: Money
    /// As given with the order; nil where nothing is shipped.
    package let shippingAddress: ShippingAddress?
    package let paymentMethod: PaymentMethod
    /// Of an order that is paid on delivery.
    package let cashConfirmation: CashConfirmation?
    /// When it was settled that it is shipped before all of its money is there.
    package let confirmedAt: Date?
    /// Until when the units are held for an order that is not paid.
    package let reservationExpiresAt: Date
    package let placedAt: Date
    /// When all of its money had arrived.
    package let paidAt: Date?
    package let deliveredAt: Date?
    /// When it was cancelled, expired or completed.
    package let closedAt: Date?
    let accessTokenHash: [UInt8]

    /// Who bought it and how to reach them.
    package struct Customer: Hashable, Sendable {
        /// Their account; nil for guests.
        package let account: UUID?
        package let email: EmailAddress
        package let name: String?
        package let phone: PhoneNumber?

        package init(account: UUID? = nil, email: EmailAddress, name: String? = nil, phone: PhoneNumber? = nil) {
            self.account = account
            self.email = email
            self.name = name
            self.phone = phone
        }
    }

    package init(
        id: ID<Order>, number: String, state: OrderState = .open, paymentState: OrderPaymentState = .unpaid,
        fulfilmentState: FulfilmentState = .unfulfilled, status: OrderStatus = .pendingPayment, customer: Customer,
        total: Money, captured: Money? = nil, refunded: Money? = nil, shippingAddress: ShippingAddress? = nil,
        paymentMethod: PaymentMethod = .online, cashConfirmation: CashConfirmation? = nil, confirmedAt: Date? = nil,
        reservationExpiresAt: Date, placedAt: Date, paidAt: Date? = nil, deliveredAt: Date? = nil,
        closedAt: Date? = nil, accessTokenHash: [UInt8]
    ) {
        self.id = id
        self.number = number
        self.state = state
        self.paymentState = paymentState
        self.fulfilmentState = fulfilmentState
        self.status = status
        self.customer = customer
        self.total = total
        self.captured = captured ?? .zero(total.currency)
        self.refunded = refunded ?? .zero(total.currency)
        self.shippingAddress = shippingAddress
        self.paymentMethod = paymentMethod
        self.cashConfirmation = cashConfirmation
        self.confirmedAt = confirmedAt
        self.reservationExpiresAt = reservationExpiresAt
        self.placedAt = placedAt
        self.paidAt = paidAt
        self.deliveredAt = deliveredAt
        self.closedAt = closedAt
        self.accessTokenHash = accessTokenHash
    }

    package func isVisible(to visibility: Visibility) -> Bool {
        switch visibility {
        case .everything: true
        case .customer(let account): customer.account == account
        case .order(let id): self.id.uuid == id
        case .vendor, .cart, .nothing: false
        }
    }

    /// The holder of the order's reservations.
    package var holder: ReservationHolder { ReservationHolder(uuid: id.uuid) }

    /// Whether all of its money arrived once and not all of it was given back.
    package var isPaid: Bool { paidAt != nil && paymentState != .refunded }
}

/// An order with all that belongs to it.
package struct OrderWithLines: Hashable, Sendable {
    package let order: Order
    /// In the order of their numbers.
    package let vendorOrders: [VendorOrder]
    /// In the order in which they were placed.
    package let lines: [OrderLine]
    /// The earliest first.
    package let adjustments: [OrderAdjustment]

    package init(order: Order, vendorOrders: [VendorOrder], lines: [OrderLine], adjustments: [OrderAdjustment]) {
        self.order = order
        self.vendorOrders = vendorOrders
        self.lines = lines
        self.adjustments = adjustments
    }
}

/// An order with all that a reader wants to see of it.
package struct OrderDetails: Hashable, Sendable {
    package let contents: OrderWithLines
    /// The earliest first.
    package let demands: [PaymentDemand]
    /// The earliest first.
    package let timeline: [OrderEvent]

    package init(contents: OrderWithLines, demands: [PaymentDemand], timeline: [OrderEvent]) {
        self.contents = contents
        self.demands = demands
        self.timeline = timeline
    }

    package var order: Order { contents.order }
    package var lines: [OrderLine] { contents.lines }
}
