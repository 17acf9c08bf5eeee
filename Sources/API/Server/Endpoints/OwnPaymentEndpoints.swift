import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Orders
import Payments
import Postgres

/// A customer's own payments.
enum OwnPaymentEndpoints {
    static let all: [Endpoint] = [list, receipt]

    static let list = Endpoint(
        .get, "/me/payments", tag: .payments, summary: "List the payments of one’s orders, newest first",
        description: "Every attempt, through whichever gateway, however it ended.", policy: .account(),
        query: PageQuery.self, returns: .page(of: OwnPaymentView.self)
    ) { request, services in
        let page = try await services.commerce.ownPayments.payments(
            of: try request.principal.requireSignedIn().account.uuid, page: request.query.page, in: services.postgres)
        return PageOutput(page.map { OwnPaymentView($0, in: services.gateways) })
    }

    static let receipt = Endpoint(
        .get, "/me/payments/{payment_id}", ID<Payment>.self, tag: .payments,
        summary: "Read the receipt of one of one’s payments", policy: .account(), returns: .ok(PaymentReceiptView.self)
    ) { request, services in
        let receipt = try await services.commerce.ownPayments.receipt(
            for: request.path, of: try request.principal.requireSignedIn().account.uuid, in: services.postgres)
        guard let receipt else { throw Problem.notFound("payment") }
        return PaymentReceiptView(receipt, in: services.gateways)
    }
}

struct OwnPaymentView: APIOutput {
    private let id: ID<Payment>
    private let orderID: ID<Order>
    private let orderNumber: String
    private let gateway: String
    private let title: String
    private let state: PaymentState
    private let amount: Money
    private let refunded: Money
    private let reference: String?
    private let createdAt: Date
    private let capturedAt: Date?

    init(_ own: OwnPayment, in gateways: [GatewayDescription]) {
        let payment = own.payment
        id = payment.id
        orderID = payment.orderID
        orderNumber = own.orderNumber
        gateway = payment.gateway.rawValue
        title = gateways.first { $0.name == payment.gateway }?.title ?? payment.gateway.rawValue
        state = payment.state
        amount = payment.amount
        refunded = payment.refunded
        reference = payment.reference
        createdAt = payment.createdAt
        capturedAt = payment.capturedAt
    }

    private init() {
        id = .example
        orderID = .example
        orderNumber = "H100001"
        gateway = "stripe"
        title = "Stripe"
        state = .captured
        amount = .example
        refunded = Money(minorUnits: 0, currency: Money.example.currency)
        reference = "pi_3Nf2yA"
        createdAt = .example
        capturedAt = .example
    }

    static let example = OwnPaymentView()

    func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("order_id", orderID)
        out.field("order_number", orderNumber, "For people")
        out.field("gateway", gateway)
        out.field("gateway_title", title, "For people")
        out.field("state", state)
        out.field("amount", amount)
        out.field("refunded", refunded)
        out.field("reference", reference, "The gateway’s name of it, for questions there")
        out.field("created_at", createdAt)
        out.field("captured_at", capturedAt, "When the money had arrived")
    }
}

struct PaymentReceiptView: APIOutput {
    private let payment: OwnPaymentView
    private let total: Money
    private let lines: [ReceiptLineView]
    private let refunds: [ReceiptRefundView]

    init(_ receipt: PaymentReceipt, in gateways: [GatewayDescription]) {
        payment = OwnPaymentView(receipt.own, in: gateways)
        total = receipt.order.order.total
        lines = receipt.order.lines.map(ReceiptLineView.init)
        refunds = receipt.refunds.map(ReceiptRefundView.init)
    }

    private init() {
        payment = .example
        total = .example
        lines = [.example]
        refunds = [.example]
    }

    static let example = PaymentReceiptView()

    func write(to out: inout ObjectWriter) {
        out.field("payment", payment)
        out.field("order_total", total, "Of which this payment may be a part")
        out.field("lines", lines, "What was ordered")
        out.field("refunds", refunds, "What goes or went back, the earliest first")
    }
}

struct ReceiptLineView: APIOutput {
    let line: OrderLine

    static let example = ReceiptLineView(line: OrderDetails.example.lines[0])

    func write(to out: inout ObjectWriter) {
        out.field("title", line.title, "As it was at the sale")
        out.field("quantity", line.quantity)
        out.field("unit_price", line.unitPrice)
    }
}

struct ReceiptRefundView: APIOutput {
    let refund: Refund

    static let example = ReceiptRefundView(refund: RefundView.example.refund)

    func write(to out: inout ObjectWriter) {
        out.field("id", refund.id)
        out.field("state", refund.state)
        out.field("amount", refund.amount)
        out.field("created_at", refund.createdAt)
    }
}
