import Core
import Endpoints
import HTTPTypes
import Identity
import Orders
import Postgres

/// What vendors see of their parts of orders.
enum VendorOrderEndpoints {
    static let all: [Endpoint] = [list, read]

    static let list = Endpoint(
        .get, "/vendor_orders", tag: .orders, summary: "List vendors’ parts of orders, newest first",
        policy: .require(.vendorOrdersRead, on: .vendorOrder), query: VendorOrdersQuery.self,
        returns: .page(of: VendorOrderSummaryView.self)
    ) { request, services in
        let page = try await services.commerce.vendorOrders.vendorOrders(
            in: request.query.state, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(VendorOrderSummaryView.init))
    }

    static let read = Endpoint(
        .get, "/vendor_orders/{vendor_order_id}", ID<VendorOrder>.self, tag: .orders,
        summary: "Read a vendor’s part of an order",
        description: "Where it goes is told once the order is paid.",
        policy: .require(.vendorOrdersRead, on: .vendorOrder), returns: .ok(VendorOrderDetailsView.self)
    ) { request, services in
        let found = try await services.commerce.vendorOrders.details(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let found else { throw Problem.notFound("vendor order") }
        return VendorOrderDetailsView(details: found)
    }
}

struct VendorOrdersQuery: APIInput {
    let state: FulfilmentState?
    let page: PageRequest

    init(_ fields: inout Fields) {
        state = fields.optional(
            "fulfilment_state", .oneOf(FulfilmentState.self), "Only those whose goods have come so far")
        page = fields.page()
    }
}

struct VendorOrderSummaryView: APIOutput {
    let listed: ListedVendorOrder

    static let example = VendorOrderSummaryView(
        listed: ListedVendorOrder(
            part: OrderDetails.example.contents.vendorOrders[0], order: .example, isPaid: true, placedAt: .example))

    func write(to out: inout ObjectWriter) { listed.write(to: &out) }
}

struct VendorOrderDetailsView: APIOutput {
    let details: VendorOrderDetails

    static let example = VendorOrderDetailsView(
        details: VendorOrderDetails(
            listed: VendorOrderSummaryView.example.listed, lines: OrderDetails.example.lines, adjustments: [],
            shippingAddress: ShippingAddressView.example.address))

    func write(to out: inout ObjectWriter) {
        details.listed.write(to: &out)
        out.field("shipping_address", details.shippingAddress.map(ShippingAddressView.init))
        out.field("lines", details.lines.map(OrderLineView.init))
        out.field("adjustments", details.adjustments.map(OrderAdjustmentView.init), "What it costs beside the lines")
    }
}

extension ListedVendorOrder {
    fileprivate func write(to out: inout ObjectWriter) {
        out.field("id", part.id)
        out.field("number", part.number, "For people")
        out.field("vendor_id", part.vendor)
        out.field("order_id", order)
        out.field("is_paid", isPaid, "Whether all of the order’s money has arrived")
        out.field("is_confirmed", isConfirmed, "Whether it is to be shipped before that, as it is paid on delivery")
        out.field("fulfilment_state", part.fulfilmentState)
        out.field("delivery", VendorDeliveryView(delivery: part.delivery), "How its goods go")
        out.field("total", part.total, "Its lines with their adjustments and its own")
        out.field("placed_at", placedAt)
    }
}
