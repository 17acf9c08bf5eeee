import Core
import Endpoints
import HTTPTypes
import Identity
import Payments
import Postgres

extension ProblemType {
    static let paymentNotConflicted = ProblemType(
        "payment-not-conflicted", 409, "Nobody has to look at this payment",
        "Nothing about it is in doubt, or somebody was faster.")
}

/// Payments that somebody has to look at.
enum PaymentConflictEndpoints {
    static let all: [Endpoint] = [list, resolve]

    static let list = Endpoint(
        .get, "/payment_conflicts", tag: .payments, summary: "List payments that somebody has to look at, newest first",
        description: """
            The gateway says something that does not fit, or what was paid twice waits for a decision: `conflict` says what. Ask the gateway \
            once more, or resolve it.
            """,
        policy: .require(.paymentsRead), query: PaymentConflictsQuery.self, returns: .page(of: PaymentView.self)
    ) { request, services in
        let page = try await PaymentStore().conflicts(
            through: request.query.gateway, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(PaymentView.init))
    }

    static let resolve = Endpoint(
        .post, "/payments/{payment_id}/resolve", ID<Payment>.self, tag: .payments,
        summary: "Say what becomes of a payment that does not fit",
        description: """
            `accept` leaves it as it stands, `refund` sends back what was captured and did not go back yet (and needs `refunds.create`). \
            Where asking the gateway can settle it, verify the payment instead.
            """,
        policy: .require(.paymentsResolve), idempotency: .required, body: ConflictResolveInput.self,
        returns: .ok(PaymentView.self),
        problems: [
            .paymentNotConflicted, .paymentNotCaptured, .refundExceedsPayment, .gatewaySwitchedOff,
        ]
    ) { request, work, services in
        PaymentView(
            try await services.commerce.resolveConflict(
                request.path, by: request.body.resolution, because: request.body.reason, principal: request.principal,
                in: work))
    }
}

struct PaymentConflictsQuery: APIInput {
    let gateway: GatewayName?
    let page: PageRequest

    init(_ fields: inout Fields) {
        gateway = fields.optional(
            "gateway", .text(PaymentOptionRule.gateway), "Only those through one gateway", example: "stripe"
        ).map(GatewayName.init(rawValue:))
        page = fields.page()
    }
}

struct ConflictResolveInput: APIInput {
    let resolution: ConflictResolution
    let reason: String

    init(_ fields: inout Fields) {
        resolution = fields.required(
            "resolution", .oneOf(ConflictResolution.self), "What becomes of it", example: .accept)
        reason = fields.required(
            "reason", .text(ResolveConflict.reason), "For the record; customers don’t see it",
            example: "Refunded in the gateway's panel")
    }
}
