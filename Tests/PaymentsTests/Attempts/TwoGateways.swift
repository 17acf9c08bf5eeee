import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

/// A till with a second gateway beside the first.
struct TwoGateways: Sendable {
    static let second = GatewayName(rawValue: "second")

    let till: Till
    let other = StubGateway(name: TwoGateways.second)

    var gateways: GatewayRegistry { GatewayRegistry([till.gateway, other]) }

    func order() async throws -> ID<Order> {
        try await till.market.place((till.market.licence(keys: 1), 1)).order.id
    }

    func open(_ order: ID<Order>, at gateway: GatewayName) async throws -> Payment {
        try await till.payment(try await till.checkout(order, through: gateways, at: gateway).paymentID)
    }

    /// What the worker does once the customer has gone on to another gateway.
    func closeSuperseded(_ payment: Payment) async throws {
        try await CloseCheckouts(postgres: till.client, gateways: gateways, book: till.book)(
            superseded: payment.demandID, in: till.market.queue)
    }

    /// What both gateways say of every payment of theirs.
    func say(_ status: ReportStatus, at gateway: GatewayName) {
        let stub = gateway == TwoGateways.second ? other : till.gateway
        stub.set { state in
            state.truth = { payment in
                Report(
                    gateway: payment.gateway, paymentID: payment.id, sessionReference: payment.sessionReference,
                    reference: Till.reference(of: payment), status: status, amount: payment.amount,
                    merchantAccount: "test", source: .read(.system), statement: "test")
            }
        }
    }

    @discardableResult
    func capture(_ payment: Payment) async throws -> ReportOutcome {
        try await till.apply(till.report(payment, .captured), to: payment.id)
    }

    func runRefunds() async throws {
        let refund = RefundPayment(postgres: till.client, gateways: gateways, book: till.book)
        let ids = try await till.client.queryValues(
            "SELECT id FROM refunds WHERE state = 'requested' ORDER BY id", as: ID<Refund>.self)
        for id in ids {
            try await refund(RefundPayment.Job(refundID: id), in: till.market.queue, logger: silent)
        }
    }

    /// Splits what the order has to pay into an advance and the balance.
    func splitDemand(of order: ID<Order>, advance: Int64) async throws {
        try await till.owner.execute(
            """
            WITH advance AS (
                UPDATE payment_demands SET kind = 'advance', amount_minor = \(advance) WHERE order_id = \(order) RETURNING *
            )
            INSERT INTO payment_demands (id, order_id, kind, amount_minor, currency, created_at)
            SELECT \(till.market.ids.next()), order_id, 'balance', total_minor - \(advance), advance.currency, created_at
            FROM advance JOIN orders ON orders.id = order_id
            """)
    }
}
