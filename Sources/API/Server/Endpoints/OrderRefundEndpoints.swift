import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import OrderService
import Orders
import Payments
import Postgres
import Pricing

extension ProblemType {
    static let orderNotPaid = ProblemType(
        "order-not-paid", 409, "The order is not paid", "There is no money to give back for its units.")
    static let orderNotCancellable = ProblemType(
        "order-not-cancellable", 409, "Its units can’t be cancelled",
        "Units are cancelled of orders that are paid and not closed. `status` says where the order is.")
    static let nothingToCancel = ProblemType(
        "nothing-to-cancel", 409, "There is nothing left to cancel",
        "Every unit is packed, handed over, cancelled or paid back already.")
}

/// What is given back for units of an order, and which of them are not sent any more.
enum OrderRefundEndpoints {
    static let all: [Endpoint] = [quote, create, list, cancelLines, cancelLinesOfVendor]

    private static let moneyProblems: [ProblemType] = [
        .orderNotPaid, .refundExceedsPayment, .gatewaySwitchedOff,
    ]

    static let quote = Endpoint(
        .post, "/orders/{order_id}/refund_quotes", ID<Order>.self, tag: .payments,
        summary: "Say what units of an order are worth that come back",
        description: """
            At the prices of the sale: with their part of every discount, tax and charge. Changes nothing.
            """,
        policy: .require(.refundsRead), body: OrderRefundQuoteCreateInput.self, returns: .ok(OrderRefundQuoteView.self)
    ) { request, services in
        let quote = try await services.commerce.orderService.refund.quote(
            request.body.wish(for: request.path, reason: ""), visibleTo: request.principal.visibility,
            in: services.postgres)
        return OrderRefundQuoteView(quote: quote)
    }

    static let create = Endpoint(
        .post, "/orders/{order_id}/refunds", ID<Order>.self, tag: .payments, summary: "Refund units of an order",
        description: """
            For so many units of lines the customer gets what they are worth at the prices of the sale, through the payments that paid \
            the order, the latest first. Each unit comes back once. The goods’ way back is another matter.
            """,
        policy: .require(.refundsCreate), idempotency: .required, body: OrderRefundCreateInput.self,
        returns: .created(OrderRefundView.self), problems: moneyProblems
    ) { request, work, services in
        OrderRefundView(
            created: try await services.commerce.orderService.refund(
                request.body.wish(for: request.path), by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/orders/{order_id}/refunds", ID<Order>.self, tag: .payments,
        summary: "List what was given back for units of an order, newest first",
        policy: .require(.refundsRead), query: PageQuery.self, returns: .page(of: OrderRefundView.self)
    ) { request, services in
        let visibility = request.principal.visibility
        guard
            try await services.commerce.orders.order(request.path, visibleTo: visibility, in: services.postgres) != nil
        else { throw Problem.notFound("order") }
        let page = try await OrderRefundStore().refunds(
            of: request.path, page: request.query.page, visibleTo: visibility, in: services.postgres)
        let payments = try await RefundStore().refunds(of: page.items.map(\.id), in: services.postgres)
        return PageOutput(
            page.map { refund in
                OrderRefundView(
                    created: CreatedOrderRefund(
                        refund: refund, payments: payments.filter { $0.orderRefund == refund.id }))
            })
    }

    static let cancelLines = Endpoint(
        .post, "/orders/{order_id}/cancellations", ID<Order>.self, tag: .orders,
        summary: "Cancel units of an order that is paid",
        description: """
            Units that are neither packed nor handed over are not sent any more: they stand on the shelf again, and their money goes back. \
            What was charged for delivery comes back with the last unit that it was for. The licence keys of a line go together.
            """,
        policy: .require(.ordersCancel, on: .order, .storefront), idempotency: .required,
        body: CancellationCreateInput.self, returns: .created(OrderRefundView.self),
        problems: moneyProblems + [.orderNotCancellable, .nothingToCancel]
    ) { request, work, services in
        OrderRefundView(
            created: try await services.commerce.orderService.cancelLines(
                request.body.cancellation, of: .order(request.path), by: request.principal, in: work))
    }

    static let cancelLinesOfVendor = Endpoint(
        .post, "/vendor_orders/{vendor_order_id}/cancellations", ID<VendorOrder>.self, tag: .orders,
        summary: "Cancel units of a vendor’s part of an order that it can’t send",
        description: "As customers do: the units’ money goes back to the customer, who reads the reason.",
        policy: .require(.vendorOrdersCancel, on: .vendorOrder), idempotency: .required,
        body: CancellationCreateInput.self, returns: .created(OrderRefundView.self),
        problems: moneyProblems + [.orderNotCancellable, .nothingToCancel]
    ) { request, work, services in
        OrderRefundView(
            created: try await services.commerce.orderService.cancelLines(
                request.body.cancellation, of: .vendorOrder(request.path), by: request.principal, in: work))
    }
}

struct OrderRefundQuoteCreateInput: APIInput {
    let lines: [ChosenLine]
    let charges: OrderRefund.Charges

    init(_ fields: inout Fields) {
        lines = fields.required(
            "lines", .array(of: .object(ChosenLineInput.self), count: NewOrder.lineCount), "What comes back"
        ).map(\.line)
        charges = fields.optional(
            "charges", .oneOf(OrderRefund.Charges.self), "What becomes of delivery and fees", default: .withLastUnit)
    }

    func wish(for order: ID<Order>, reason: String) -> NewOrderRefund {
        NewOrderRefund(order: order, lines: lines, charges: charges, reason: reason)
    }
}

struct OrderRefundCreateInput: APIInput {
    let quote: OrderRefundQuoteCreateInput
    let reason: String

    init(_ fields: inout Fields) {
        quote = OrderRefundQuoteCreateInput(&fields)
        reason = fields.required(
            "reason", .text(OrderRefund.reason), "For the record; customers don’t see it", example: "Arrived broken")
    }

    func wish(for order: ID<Order>) -> NewOrderRefund { quote.wish(for: order, reason: reason) }
}

struct CancellationCreateInput: APIInput {
    let cancellation: NewCancellation

    init(_ fields: inout Fields) {
        cancellation = NewCancellation(
            lines: fields.optional(
                "lines", .array(of: .object(ChosenLineInput.self), count: NewOrder.lineCount),
                "What is not to be sent; left out: all that is left")?.map(\.line),
            reason: fields.required(
                "reason", .text(CancelUnits.reason), "Customer and vendor read it", example: "Ordered by mistake"))
    }
}

struct OrderRefundQuoteView: APIOutput {
    let quote: OrderRefundQuote

    static let example = OrderRefundQuoteView(quote: .example)

    func write(to out: inout ObjectWriter) {
        out.field("total", quote.total, "What the customer gets")
        out.field("borne_by_vendors", quote.ofVendors, "Of it, what vendors give back")
        out.field("borne_by_marketplace", quote.ofMarketplace)
        out.field("parts", quote.parts.map { OrderRefundPartView(part: $0, currency: quote.total.currency) })
    }
}

struct OrderRefundPartView: APIOutput {
    let part: OrderRefund.Part
    let currency: Currency

    static let example = OrderRefundPartView(part: OrderRefundQuote.example.parts[0], currency: .bdt)

    func write(to out: inout ObjectWriter) {
        out.field("kind", part.kind)
        out.field("line_id", part.line.map { ID<OrderLine>(uuid: $0) }, "Null: of no line’s")
        out.field(
            "amount", Money(minorUnits: part.amount, currency: currency),
            "Signed as at the sale: what a discount took off comes back negative")
        out.field("taxable", part.taxable.map { Money(minorUnits: $0, currency: currency) }, "Of a tax")
        out.field("is_included", part.isIncluded, "Whether another part contains it")
        out.field("bearer", part.bearer)
        out.field("source", part.source, "As at the sale; null of the price of goods")
    }
}

struct OrderRefundView: APIOutput {
    let created: CreatedOrderRefund

    static let example = OrderRefundView(
        created: CreatedOrderRefund(
            refund: OrderRefund(
                id: .example, order: .example, charges: .withLastUnit, reason: "Arrived broken", quote: .example,
                createdBy: .system, createdAt: .example), payments: [RefundView.example.refund]))

    func write(to out: inout ObjectWriter) {
        let refund = created.refund
        out.field("id", refund.id)
        out.field("order_id", refund.order)
        out.field("charges", refund.charges, "What became of delivery and fees")
        out.field("reason", refund.reason)
        out.field("total", refund.total)
        out.field("borne_by_vendors", refund.ofVendors, "Of it, what vendors give back")
        out.field("borne_by_marketplace", refund.ofMarketplace)
        out.field(
            "lines",
            refund.units.keys.sorted().map { line in
                RefundedLineView(line: line, quantity: refund.units[line]?.count ?? 0)
            })
        out.field("parts", refund.parts.map { OrderRefundPartView(part: $0, currency: refund.total.currency) })
        out.field("refunds", created.payments.map(RefundView.init), "By which the money goes")
        out.field("created_by", refund.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", refund.createdAt)
    }
}

struct RefundedLineView: APIOutput {
    let line: ID<OrderLine>
    let quantity: Int64

    static let example = RefundedLineView(line: .example, quantity: 1)

    func write(to out: inout ObjectWriter) {
        out.field("line_id", line)
        out.field("quantity", quantity)
    }
}

extension OrderRefundQuote {
    /// One unit of the example's order.
    fileprivate static let example: OrderRefundQuote = {
        let contents = OrderDetails.example.contents
        let line = contents.lines[0]
        do {
            return try OrderRefundQuote(
                of: contents, returning: [line.id: UnitRanges([0..<1])], after: [:], charges: .withLastUnit)
        } catch {
            preconditionFailure("the example’s own unit: \(error)")
        }
    }()
}
