import Core
import Endpoints
import Orders
import Pricing
import Shipping

/// One vendor's part of an order.
struct VendorOrderView: APIOutput {
    let part: VendorOrder

    static let example = VendorOrderView(part: OrderDetails.example.contents.vendorOrders[0])

    func write(to out: inout ObjectWriter) {
        out.field("id", part.id)
        out.field("number", part.number, "For people")
        out.field("vendor_id", part.vendor)
        out.field("fulfilment_state", part.fulfilmentState)
        out.field("total", part.total, "Its lines with their adjustments and its own")
        out.field("delivery", VendorDeliveryView(delivery: part.delivery), "How its goods go")
    }
}

struct VendorDeliveryView: APIOutput {
    let delivery: VendorDelivery

    static let example = VendorDeliveryView(
        delivery: VendorDelivery(
            method: .example, name: "Standard", promise: DeliveryPromise(earliest: 2, latest: 5), note: "Ring twice"))

    func write(to out: inout ObjectWriter) {
        out.field("method_id", delivery.method, "Null where nothing was charged, or nothing is shipped")
        out.field("name", delivery.name)
        out.field("pickup_location_id", delivery.pickupLocation, "Where the customer fetches them")
        out.field("promise", delivery.promise.map(DeliveryPromiseView.init), "As it was promised at the sale")
        out.field("note", delivery.note, "What the vendor is told")
        out.field("gift_message", delivery.giftMessage)
    }
}

struct OrderAdjustmentView: APIOutput {
    let adjustment: OrderAdjustment

    static let example = OrderAdjustmentView(
        adjustment: OrderAdjustment(
            id: .example, kind: .shipping, target: .vendorOrder(.example), amount: .example, bearer: .vendor,
            source: "shipping rate", recordedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", adjustment.id)
        out.field("kind", adjustment.kind)
        out.field("vendor_order_id", adjustment.target.vendorOrder, "Whose; null for the whole order’s")
        out.field("line_id", adjustment.target.line, "Where it applies to one line")
        out.field("amount", adjustment.amount, "What it adds; discounts are negative")
        out.field(
            "is_included", adjustment.isIncluded, "Whether the price contains it already, so that it adds nothing")
        out.field("rate_ppm", adjustment.rate?.partsPerMillion, "The rate it was computed from, in parts per million")
        out.field("tax_head", adjustment.head, "Of a tax: under which name it is paid")
        out.field("taxable", adjustment.taxable, "Of a tax: what it was reckoned on")
        out.field("charge_id", adjustment.charge, "Of a tax or a discount of a charge: that charge; null for goods")
        out.field("source", adjustment.source)
    }
}

struct PaymentDemandView: APIOutput {
    let demand: PaymentDemand

    static let example = PaymentDemandView(demand: OrderDetails.example.demands[0])

    func write(to out: inout ObjectWriter) {
        out.field("id", demand.id)
        out.field("kind", demand.kind)
        out.field("state", demand.state)
        out.field("amount", demand.amount)
        out.field("satisfied_at", demand.satisfiedAt, "When its money had arrived")
    }
}
