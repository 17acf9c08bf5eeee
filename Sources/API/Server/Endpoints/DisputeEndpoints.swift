import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Orders
import Payments
import Postgres

/// What customers' banks claim back.
enum DisputeEndpoints {
    static let all: [Endpoint] = [list]

    static let list = Endpoint(
        .get, "/payments/{payment_id}/disputes", ID<Payment>.self, tag: .payments,
        summary: "List a payment’s disputes, newest first",
        description: "A payment may be disputed more than once.",
        policy: .require(.paymentsRead), query: PageQuery.self, returns: .page(of: DisputeView.self)
    ) { request, services in
        let payment = try await services.payment(request.path, for: request.principal)
        let disputes = try await DisputeStore().disputes(
            of: payment.id, page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(disputes.map(DisputeView.init))
    }
}

struct DisputeView: APIOutput {
    let dispute: Dispute

    static let example = DisputeView(
        dispute: Dispute(
            id: .example, paymentID: .example, orderID: .example, reference: "dp_1PgafmB7WZ01zgkW", amount: .example,
            status: "needs_response", funds: DisputeFunds(taken: Money.example.minorUnits, returned: 0), lost: 0,
            revision: 1, statedAt: .example, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", dispute.id)
        out.field("payment_id", dispute.paymentID)
        out.field("order_id", dispute.orderID)
        out.field("reference", dispute.reference, "The gateway’s name of it")
        out.field("status", dispute.status, "How it stands, in the gateway’s words")
        out.field("amount", dispute.amount)
        out.field("taken", money(dispute.funds.taken), "What the gateway took from the balance for it")
        out.field("returned", money(dispute.funds.returned), "What it gave back")
        out.field("lost", money(dispute.lost), "What those who had a share of the payment have lost of it")
        out.field("respond_by", dispute.respondBy, "Until when the bank has to be answered")
        out.field("stated_at", dispute.statedAt, "When the gateway said so")
        out.field("created_at", dispute.createdAt)
    }

    private func money(_ minorUnits: Int64) -> Money {
        Money(minorUnits: minorUnits, currency: dispute.amount.currency)
    }
}
