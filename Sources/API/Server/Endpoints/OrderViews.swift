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
        order = OrderView(details: placed.details)
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
        order.writeHeader(to: &out)
        out.field("fulfilment_state", order.fulfilmentState, "How far its vendor orders have come together")
        out.field("captured", order.captured, "What has arrived, whatever was sent back since")
        out.field("refunded", order.refunded)
        out.field("shipping_address", order.shippingAddress.map(ShippingAddressView.init))
        out.field("reservation_expires_at", order.reservationExpiresAt, "Until when unpaid units are held")
        out.field("vendor_orders", details.contents.vendorOrders.map(VendorOrderView.init), "Each vendor’s part")
        out.field("lines", details.lines.map(OrderLineView.init))
        out.field(
            "adjustments", details.contents.adjustments.map(OrderAdjustmentView.init), "What it costs beside the lines")
        out.field("payment_demands", details.demands.map(PaymentDemandView.init), "What has to be paid")
        out.field("timeline", details.timeline.map(OrderEventView.init), "What happened, the earliest first")
    }
}

struct OrderLineView: APIOutput {
    let line: OrderLine

    static let example = OrderLineView(line: OrderDetails.example.lines[0])

    func write(to out: inout ObjectWriter) {
        out.field("id", line.id)
        out.field("vendor_order_id", line.vendorOrder)
        out.field("variant_id", line.variant)
        out.field("product_id", line.product)
        out.field("vendor_id", line.vendor)
        out.field("kind", line.kind)
        out.field("title", line.title, "As it was at the sale")
        out.field("sku", line.sku)
        out.field("quantity", line.quantity)
        out.field("cancelled_quantity", line.cancelled, "Of them, those that are not sent any more")
        out.field("unit_price", line.unitPrice)
        out.field("total", line.total, "Before adjustments")
        out.field("fulfilled_at", line.fulfilledAt)
        out.field("delivered_at", line.deliveredAt)
        out.field(
            "licence_keys", line.hasKeys ? line.quantity : 0, "How many it has; they are revealed by a call of its own")
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
        out.field("landmark", address.landmark)
        out.field("city", address.city)
        out.field("region", address.region, "A State, division or district by its name")
        out.field("region_code", address.regionCode, "The same by its code, where it is known")
        out.field("postal_code", address.postalCode)
        out.field("country", address.country, "ISO 3166-1 alpha-2")
        out.field("phone", address.phone)
        out.field("alternate_phone", address.alternatePhone)
        out.field("latin_name", address.latinName)
    }
}

struct OrderSummaryView: APIOutput {
    let order: Order

    static let example = OrderSummaryView(order: OrderDetails.example.order)

    func write(to out: inout ObjectWriter) {
        order.writeHeader(to: &out)
    }
}

extension Order {
    /// What lists and the order itself show of it.
    fileprivate func writeHeader(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("number", number, "For people")
        out.field("status", status, "The one word for it, derived from its states")
        out.field("state", state)
        out.field("payment_state", paymentState)
        out.field("payment_method", paymentMethod)
        out.field(
            "cash_confirmation", cashConfirmation, "Of one that is paid on delivery: whether its customer means it")
        out.field(
            "confirmed_at", confirmedAt, "When it was settled that it is shipped before all of its money is there")
        out.field("email", customer.email.rawValue)
        out.field("customer_name", customer.name)
        out.field("phone", customer.phone?.rawValue)
        out.field("total", total)
        out.field("placed_at", placedAt)
        out.field("paid_at", paidAt, "When all of its money had arrived")
        out.field("delivered_at", deliveredAt)
        out.field("closed_at", closedAt, "When it was cancelled, expired or completed")
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
    fileprivate var hasKeys: Bool { kind == .licenceKey && deliveredAt != nil }
}
