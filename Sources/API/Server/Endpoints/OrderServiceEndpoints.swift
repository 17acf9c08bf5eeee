import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import OrderService
import Orders
import Postgres

/// What becomes of orders after they were placed.
enum OrderServiceEndpoints {
    static let all: [Endpoint] = [timeline, reorder, claim]

    static let timeline = Endpoint(
        .get, "/orders/{order_id}/timeline", ID<Order>.self, tag: .orders,
        summary: "Read all that happened to an order, earliest first",
        description: "Its own events, payments and refunds; for the staff also disputes and notes.",
        policy: .require(.ordersRead, on: .order), query: PageQuery.self, returns: .page(of: TimelineEntryView.self)
    ) { request, services in
        let page = try await services.commerce.orderService.readTimeline(
            of: request.path, page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(page.map(TimelineEntryView.init))
    }

    static let reorder = Endpoint(
        .get, "/orders/{order_id}/reorder", ID<Order>.self, tag: .orders,
        summary: "Read what of an order can be bought again",
        description: "Each line with its price now, or why it can’t be had. Nothing is placed or held.",
        policy: .require(.ordersRead, on: .order, .storefront), returns: .ok(ReorderView.self)
    ) { request, services in
        ReorderView(
            reorder: try await services.commerce.orderService.proposeReorder(
                request.path, visibleTo: request.principal.visibility, in: services.postgres))
    }

    static let claim = Endpoint(
        .post, "/me/orders", tag: .signIn, summary: "Add an order that was placed without an account to one’s own",
        description: """
            By its access token, or without one where the account’s address or telephone number, which were proven to be its own, is the \
            order’s. Again it changes nothing.
            """,
        policy: .account(.perClient(30, per: .minute)), idempotency: .optional, body: OrderClaimInput.self,
        returns: .ok(OrderSummaryView.self)
    ) { request, work, services in
        OrderSummaryView(
            order: try await services.commerce.orderService.claim(
                request.body.claim, by: request.principal, in: work))
    }
}

struct OrderClaimInput: APIInput {
    let claim: OrderClaim

    init(_ fields: inout Fields) {
        claim = OrderClaim(
            order: fields.required("order", .text(OrderClaim.order), "Its number or its id", example: "H100001"),
            token: fields.optional(
                "access_token", .text(OrderClaim.token), "What was shown when it was placed"
            ).map { Secret($0) })
    }
}

struct TimelineEntryView: APIOutput {
    let entry: TimelineEntry

    static let example = TimelineEntryView(
        entry: TimelineEntry(
            source: .payment, kind: "captured", reference: "pay_01j9x8tqf1e6s8d2n4v7b0kzmw", at: .example,
            amount: .example, text: "stripe"))

    func write(to out: inout ObjectWriter) {
        out.field("source", entry.source)
        out.field("kind", entry.kind, "What happened, in the words of the source")
        out.field("reference", entry.reference, "What it was about; may be empty")
        out.field("at", entry.happenedAt)
        out.field("amount", entry.amount)
        out.field("text", entry.text, "Of a note; a payment’s gateway; the reason of a refund")
        out.field("author", entry.author, "Of a note, as the audit record names them")
        out.field("vendor_id", entry.vendor, "Whose note it is; null: the staff’s")
    }
}

struct ReorderView: APIOutput {
    let reorder: Reorder

    static let example = ReorderView(reorder: Reorder(lines: [ReorderLineView.example.line]))

    func write(to out: inout ObjectWriter) {
        out.field("lines", reorder.lines.map(ReorderLineView.init), "In the order in which they were placed")
    }
}

struct ReorderLineView: APIOutput {
    let line: Reorder.Line

    static let example = ReorderLineView(
        line: Reorder.Line(line: OrderDetails.example.lines[0], price: .example, quantity: 1, reason: nil))

    func write(to out: inout ObjectWriter) {
        out.field("variant_id", line.line.variant)
        out.field("title", line.line.title, "As it was at the sale")
        out.field("bought_quantity", line.line.quantity)
        out.field("bought_unit_price", line.line.unitPrice)
        out.field("quantity", line.quantity, "How many can be ordered now; 0: none")
        out.field("unit_price", line.price, "Now; null where it is not for sale")
        out.field("reason", line.reason, "Why it is not all that was bought; null where it is")
    }
}
