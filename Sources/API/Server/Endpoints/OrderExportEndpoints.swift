import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Media
import OrderService
import Orders
import Postgres

extension ProblemType {
    static let orderExportUnavailable = ProblemType(.orderExportUnavailable)
}

/// Orders that go out as tables.
enum OrderExportEndpoints {
    static let all: [Endpoint] = [create, list, read, link]

    static let create = Endpoint(
        .post, "/order_exports", tag: .orders, summary: "Export orders into a file",
        description: """
            A CSV with a record for each line, written by a job; the file stays for seven days. Without a vendor: whole orders with their \
            customers, for the marketplace. With one: the vendor’s parts, without who bought. Totals stand with the first line of what they \
            are of, so that columns can be added up.
            """,
        policy: .require(.ordersExport, on: .vendorOrder), idempotency: .required, body: OrderExportCreateInput.self,
        returns: .created(OrderExportView.self, location: { "/order_exports/\($0.one.id)" })
    ) { request, work, services in
        OrderExportView(
            one: try await services.commerce.orderService.requestExport.create(
                try request.body.filter.permitted(to: request.principal), by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/order_exports", tag: .orders, summary: "List exports of orders, newest first",
        policy: .require(.ordersExport, on: .vendorOrder), query: PageQuery.self,
        returns: .page(of: OrderExportView.self)
    ) { request, services in
        let page = try await services.commerce.orderService.exports.list(
            page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(OrderExportView.init))
    }

    static let read = Endpoint(
        .get, "/order_exports/{order_export_id}", ID<OrderExport>.self, tag: .orders,
        summary: "Read an export of orders", policy: .require(.ordersExport, on: .vendorOrder),
        returns: .ok(OrderExportView.self)
    ) { request, services in
        let one = try await services.commerce.orderService.exports.find(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let one else { throw Problem.notFound("export") }
        return OrderExportView(one: one)
    }

    static let link = Endpoint(
        .post, "/order_exports/{order_export_id}/link", ID<OrderExport>.self, tag: .orders,
        summary: "Make a link to the file of an export", description: "It opens the file for whoever holds it.",
        policy: .require(.ordersExport, on: .vendorOrder), body: MediaLinkCreateInput.self,
        returns: .ok(MediaLinkView.self), problems: [.orderExportUnavailable]
    ) { request, work, services in
        MediaLinkView(
            link: try await services.commerce.orderService.requestExport.link(
                to: request.path, lasting: request.body.lifetime, by: request.principal, in: work))
    }
}

struct OrderExportCreateInput: APIInput {
    let filter: OrderFilter

    init(_ fields: inout Fields) { filter = fields.orderFilter() }
}

struct OrderExportView: APIOutput {
    let one: OrderExport

    static let example = OrderExportView(
        one: OrderExport(
            id: .example, filter: OrderFilter(vendor: .example), state: .done, media: .example, orders: 118,
            createdBy: .system, createdAt: .example, finishedAt: .example + 4,
            expiresAt: .example + 4 + OrderExport.lifetime))

    func write(to out: inout ObjectWriter) {
        let filter = one.filter
        out.field("id", one.id)
        out.field("vendor_id", filter.vendor, "Whose parts it has; null: whole orders")
        out.field("status", filter.status, "Only orders of this status")
        out.field("payment_state", filter.paymentState, "Only those whose money stands so")
        out.field("placed_from", filter.placed.start)
        out.field("placed_before", filter.placed.end)
        out.field("tag_id", filter.tag)
        out.field("currency", filter.total?.currency, "Of the totals")
        out.field("total_from", filter.total?.minimum, "In minor units")
        out.field("total_to", filter.total?.maximum, "In minor units")
        out.field("state", one.state, "`ended` once the file is deleted")
        out.field("orders", one.orders, "How many are in it")
        out.field("problem", one.problem, "Why there is no file")
        out.field("created_by", one.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", one.createdAt)
        out.field("finished_at", one.finishedAt)
        out.field("expires_at", one.expiresAt, "When the file is deleted")
    }
}
