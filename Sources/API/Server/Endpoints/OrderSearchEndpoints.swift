import Core
import Endpoints
import HTTPTypes
import Identity
import OrderService
import Orders
import Postgres
import Vendors

/// Orders by whatever somebody has of them.
enum OrderSearchEndpoints {
    static let all: [Endpoint] = [orders, vendorOrders]

    static let orders = Endpoint(
        .get, "/orders/search", tag: .orders, summary: "Find orders by what somebody has of them",
        description: """
            By a number (H100001, or H100001-2 of a vendor’s part) in digits of any script, an e-mail address, a telephone number as it is \
            typed, parts of the buyer’s or the recipient’s name, a gateway’s reference of a payment or a refund, an id, or the text of a \
            licence key. The newest 50.
            """,
        policy: .require(.ordersRead, on: .order), query: OrderSearchQuery.self, returns: .ok(OrderSearchView.self)
    ) { request, services in
        OrderSearchView(
            found: try await services.commerce.orderService.search.orders(
                by: request.query.text, soldBy: request.query.vendor, visibleTo: request.principal.visibility,
                in: services.postgres))
    }

    static let vendorOrders = Endpoint(
        .get, "/vendor_orders/search", tag: .orders, summary: "Find vendors’ parts of orders",
        description: "By the number of the order or of the part, an id, or the text of a licence key. The newest 50.",
        policy: .require(.vendorOrdersRead, on: .vendorOrder), query: VendorOrderSearchQuery.self,
        returns: .ok(VendorOrderSearchView.self)
    ) { request, services in
        VendorOrderSearchView(
            found: try await services.commerce.orderService.search.vendorOrders(
                by: request.query.text, visibleTo: request.principal.visibility, in: services.postgres))
    }
}

struct OrderSearchQuery: APIInput {
    let text: String
    let vendor: ID<Vendor>?

    init(_ fields: inout Fields) {
        text = fields.required("q", .text(OrderSearchTerm.rule), "What somebody has of the order", example: "H100001")
        vendor = fields.optional(
            "vendor_id", .id(Vendor.self), "Whose licence key it is; needed where more than 1,000 vendors have keys")
    }
}

struct VendorOrderSearchQuery: APIInput {
    let text: String

    init(_ fields: inout Fields) {
        text = fields.required("q", .text(OrderSearchTerm.rule), "What somebody has of the order", example: "H100001-1")
    }
}

struct OrderSearchView: APIOutput {
    let found: Found<FoundOrder>

    static let example = OrderSearchView(found: Found(items: [FoundOrderView.example.found], isCut: false))

    func write(to out: inout ObjectWriter) {
        out.field("data", found.items.map(FoundOrderView.init), "The newest first")
        out.field("has_more", found.isCut, "Whether there are more than these: say more of the order")
    }
}

struct FoundOrderView: APIOutput {
    let found: FoundOrder

    static let example = FoundOrderView(
        found: FoundOrder(order: OrderDetails.example.order, matches: [.number]))

    func write(to out: inout ObjectWriter) {
        out.field("order", OrderSummaryView(order: found.order))
        out.field("matches", found.matches, "By what it was found")
    }
}

struct VendorOrderSearchView: APIOutput {
    let found: Found<ListedVendorOrder>

    static let example = VendorOrderSearchView(
        found: Found(items: [VendorOrderSummaryView.example.listed], isCut: false))

    func write(to out: inout ObjectWriter) {
        out.field("data", found.items.map(VendorOrderSummaryView.init), "The newest first")
        out.field("has_more", found.isCut, "Whether there are more than these")
    }
}
