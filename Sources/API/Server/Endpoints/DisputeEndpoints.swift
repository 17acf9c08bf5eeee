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
        guard try await PaymentStore.find(request.path, in: services.postgres) != nil else {
            throw Problem.notFound("payment")
        }
        let page = request.query.page
        let before: ID<Dispute>? = try page.cursor.map { try Cursor.id(in: $0, listing: "disputes") }
        let disputes = try await DisputeStore.list(
            of: request.path, before: before, limit: page.limit + 1, in: services.postgres)
        return PageOutput(
            Page(fetched: disputes, limit: page.limit) { Cursor(listing: "disputes", after: $0.id) }
                .map(DisputeView.init))
    }
}

struct DisputeView: APIOutput {
    let id: ID<Dispute>
    let paymentID: ID<Payment>
    let orderID: ID<Order>
    let reference: String
    let status: String
    let amount: Money
    let taken: Money
    let returned: Money
    let lost: Money
    let statedAt: Date
    let createdAt: Date

    init(dispute: Dispute) {
        let currency = dispute.amount.currency
        id = dispute.id
        paymentID = dispute.paymentID
        orderID = dispute.orderID
        reference = dispute.reference
        status = dispute.status
        amount = dispute.amount
        taken = Money(minorUnits: dispute.funds.taken, currency: currency)
        returned = Money(minorUnits: dispute.funds.returned, currency: currency)
        lost = Money(minorUnits: dispute.lost, currency: currency)
        statedAt = dispute.statedAt
        createdAt = dispute.createdAt
    }

    private init() {
        let nothing = Money(minorUnits: 0, currency: Money.example.currency)
        id = .example
        paymentID = .example
        orderID = .example
        reference = "dp_1PgafmB7WZ01zgkW"
        status = "needs_response"
        amount = .example
        taken = .example
        returned = nothing
        lost = nothing
        statedAt = .example
        createdAt = .example
    }

    static let example = DisputeView()

    func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("payment_id", paymentID)
        out.field("order_id", orderID)
        out.field("reference", reference, "The gateway’s name of it")
        out.field("status", status, "How it stands, in the gateway’s words")
        out.field("amount", amount)
        out.field("taken", taken, "What the gateway took from the balance for it")
        out.field("returned", returned, "What it gave back")
        out.field("lost", lost, "What those who had a share of the payment have lost of it")
        out.field("stated_at", statedAt, "When the gateway said so")
        out.field("created_at", createdAt)
    }
}
