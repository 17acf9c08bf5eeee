import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Orders
import Payments
import Postgres

extension EndpointTag {
    static let payments = EndpointTag("Payments", "What gateways say of the money.")
}

/// What operators see of payments and do to them.
enum PaymentEndpoints {
    static let all: [Endpoint] = [list, read, verify]

    static let list = Endpoint(
        .get, "/orders/{order_id}/payments", ID<Order>.self, tag: .payments,
        summary: "List an order’s payments, newest first",
        description: "Every attempt to pay, through whichever gateway, however it ended.",
        policy: .require(.paymentsRead), query: PageQuery.self, returns: .page(of: PaymentView.self)
    ) { request, services in
        let (page, postgres) = (request.query.page, services.postgres)
        let visibility = request.principal.visibility
        guard try await services.commerce.orders.order(request.path, visibleTo: visibility, in: postgres) != nil else {
            throw Problem.notFound("order")
        }
        let payments = try await PaymentStore().payments(
            of: request.path, page: page, visibleTo: visibility, in: postgres)
        return PageOutput(payments.map(PaymentView.init))
    }

    static let read = Endpoint(
        .get, "/payments/{payment_id}", ID<Payment>.self, tag: .payments, summary: "Read a payment",
        policy: .require(.paymentsRead),
        returns: .ok(PaymentView.self)
    ) { request, services in
        PaymentView(try await services.payment(request.path, for: request.principal))
    }

    static let verify = Endpoint(
        .post, "/payments/{payment_id}/verify", ID<Payment>.self, tag: .payments,
        summary: "Ask the gateway and apply its answer",
        description: "Settles the payment exactly as its webhook would have. Safe to repeat.",
        policy: .require(.paymentsVerify),
        returns: .ok(PaymentView.self),
        problems: [.paymentRefused, .providerAnswer, .providerUnavailable, .gatewaySwitchedOff]
    ) { request, services in
        PaymentView(
            try await services.commerce.verifyPayment(request.path, for: request.principal.actor, in: services.queue))
    }
}

extension Services {
    /// - Throws: a 404 `Problem` where there is none within the principal's reach.
    func payment(_ id: ID<Payment>, for principal: Principal) async throws -> Payment {
        let payment = try await PaymentStore().payment(id, visibleTo: principal.visibility, in: postgres)
        guard let payment else { throw Problem.notFound("payment") }
        return payment
    }
}

struct PaymentView: APIOutput {
    let id: ID<Payment>
    let orderID: ID<Order>
    let demandID: ID<PaymentDemand>
    let gateway: String
    let state: PaymentState
    let amount: Money
    let refunded: Money
    let sessionReference: String?
    let reference: String?
    let unclaimedReason: UnclaimedReason?
    let conflict: String?
    let supersededAt: Date?
    let createdAt: Date
    let capturedAt: Date?

    init(_ payment: Payment) {
        id = payment.id
        orderID = payment.orderID
        demandID = payment.demandID
        gateway = payment.gateway.rawValue
        state = payment.state
        amount = payment.amount
        refunded = payment.refunded
        sessionReference = payment.sessionReference
        reference = payment.reference
        unclaimedReason = payment.unclaimedReason
        conflict = payment.conflict
        supersededAt = payment.supersededAt
        createdAt = payment.createdAt
        capturedAt = payment.capturedAt
    }

    private init() {
        id = .example
        orderID = .example
        demandID = .example
        gateway = "stripe"
        state = .captured
        amount = .example
        refunded = Money(minorUnits: 0, currency: Money.example.currency)
        sessionReference = "cs_test_a1B2c3"
        reference = "pi_3Nf2yA"
        unclaimedReason = nil
        conflict = nil
        supersededAt = nil
        createdAt = .example
        capturedAt = .example
    }

    static let example = PaymentView()

    func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("order_id", orderID)
        out.field("demand_id", demandID, "What it pays")
        out.field("gateway", gateway)
        out.field("state", state)
        out.field("amount", amount)
        out.field("refunded", refunded)
        out.field("session_reference", sessionReference, "The gateway's name of its checkout")
        out.field("reference", reference, "The gateway's name of the payment")
        out.field(
            "unclaimed_reason", unclaimedReason,
            "Why no order takes the captured money, such as `paid_twice`; null: one does, or nothing was captured")
        out.field("conflict", conflict, "Why an operator has to look at it")
        out.field("superseded_at", supersededAt, "Since when the customer pays through another gateway instead")
        out.field("created_at", createdAt)
        out.field("captured_at", capturedAt)
    }
}
