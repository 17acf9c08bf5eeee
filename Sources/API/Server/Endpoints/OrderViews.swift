import Catalog
import Core
import Endpoints
import Foundation
import Inventory
import Orders
import Payments

struct PlacedOrderView: APIOutput {
    let order: OrderView
    let accessToken: String

    init(_ placed: PlacedOrder) {
        let ordered = OrderEvent(.ordered, at: placed.order.placedAt)
        order = OrderView(details: OrderDetails(order: placed.order, lines: placed.lines, timeline: [ordered]))
        accessToken = placed.accessToken.text.reveal()
    }

    private init() {
        order = .example
        accessToken = "jP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7iB9yNvQtM"
    }

    static let example = PlacedOrderView()

    func write(to out: inout ObjectWriter) {
        out.field("order", order)
        out.field("access_token", accessToken, "Opens the order as a bearer token; shown here alone")
    }
}

struct OrderView: APIOutput {
    let details: OrderDetails

    static let example = OrderView(details: .example)

    func write(to out: inout ObjectWriter) {
        let order = details.order
        out.field("id", order.id)
        out.field("number", order.number, "For people")
        out.field("state", order.state)
        out.field("email", order.email.rawValue)
        out.field("total", order.total)
        out.field("shipping_address", order.shippingAddress.map(ShippingAddressView.init))
        out.field("reservation_expires_at", order.reservationExpiresAt, "Until when unpaid units are held")
        out.field("placed_at", order.placedAt)
        out.field("paid_at", order.paidAt)
        out.field("fulfilled_at", order.fulfilledAt)
        out.field("closed_at", order.closedAt, "When it was cancelled or expired")
        out.field("lines", details.lines.map(OrderLineView.init))
        out.field("timeline", details.timeline.map(OrderEventView.init), "What happened, the earliest first")
    }
}

struct OrderLineView: APIOutput {
    let line: OrderLine

    static let example = OrderLineView(line: OrderDetails.example.lines[0])

    func write(to out: inout ObjectWriter) {
        out.field("id", line.id)
        out.field("variant_id", line.variant)
        out.field("product_id", line.product)
        out.field("vendor_id", line.vendor)
        out.field("kind", line.kind)
        out.field("title", line.title, "As it was at the sale")
        out.field("sku", line.sku)
        out.field("quantity", line.quantity)
        out.field("unit_price", line.unitPrice)
        out.field("total", line.total)
        out.field("fulfilled_at", line.fulfilledAt)
        out.field(
            "licence_keys", line.hasKeys ? line.quantity : 0, "How many it has; they are revealed by a call of its own")
    }
}

/// The licence keys of an order in the clear.
struct RevealedKeysView: APIOutput {
    let keys: [RevealedKey]

    static let example = RevealedKeysView(keys: [])

    func write(to out: inout ObjectWriter) {
        out.field("data", keys.map(RevealedKeyView.init), "In the order of lines and units")
    }
}

struct RevealedKeyView: APIOutput {
    let line: ID<OrderLine>
    let key: String

    init(_ revealed: RevealedKey) {
        line = ID(uuid: revealed.line)
        key = revealed.key.reveal()
    }

    private init() {
        line = .example
        key = "AV26-0001-7F3K"
    }

    static let example = RevealedKeyView()

    func write(to out: inout ObjectWriter) {
        out.field("line_id", line, "The line that it was bought with")
        out.field("key", key)
    }
}

struct OrderEventView: APIOutput {
    let event: OrderEvent

    static let example = OrderEventView(event: OrderEvent(.ordered, at: .example))

    func write(to out: inout ObjectWriter) {
        out.field("kind", event.kind.rawValue, "ordered, checkout_started, webhook_accepted, captured, key_assigned …")
        out.field("reference", event.reference, "What it was about; may be empty")
        out.field("at", event.happenedAt)
    }
}

struct ShippingAddressView: APIOutput {
    let address: ShippingAddress

    static let example = ShippingAddressView(
        address: ShippingAddress(
            name: "Karim Uddin", line1: "12 Lake Road", city: "Dhaka", postalCode: "1212", country: "BD"))

    func write(to out: inout ObjectWriter) {
        out.field("name", address.name)
        out.field("line1", address.line1)
        out.field("line2", address.line2)
        out.field("city", address.city)
        out.field("region", address.region)
        out.field("postal_code", address.postalCode)
        out.field("country", address.country, "ISO 3166-1 alpha-2")
        out.field("phone", address.phone)
    }
}

struct OrderSummaryView: APIOutput {
    let order: Order

    static let example = OrderSummaryView(order: OrderDetails.example.order)

    func write(to out: inout ObjectWriter) {
        out.field("id", order.id)
        out.field("number", order.number, "For people")
        out.field("state", order.state)
        out.field("email", order.email.rawValue)
        out.field("total", order.total)
        out.field("placed_at", order.placedAt)
        out.field("paid_at", order.paidAt)
        out.field("fulfilled_at", order.fulfilledAt)
        out.field("closed_at", order.closedAt, "When it was cancelled or expired")
    }
}

struct CheckoutView: APIOutput {
    let paymentID: ID<Payment>
    let redirectURL: String
    let expiresAt: Date

    init(checkout: StartedCheckout) {
        paymentID = checkout.paymentID
        redirectURL = checkout.redirectURL
        expiresAt = checkout.expiresAt
    }

    private init() {
        paymentID = .example
        redirectURL = "https://checkout.stripe.com/c/pay/cs_test_a1b2"
        expiresAt = .example
    }

    static let example = CheckoutView()

    func write(to out: inout ObjectWriter) {
        out.field("payment_id", paymentID)
        out.field("redirect_url", redirectURL, "Where the customer pays")
        out.field("expires_at", expiresAt, "When the page closes")
    }
}

extension OrderLine {
    fileprivate var hasKeys: Bool { kind == .licenceKey && fulfilledAt != nil }
}
