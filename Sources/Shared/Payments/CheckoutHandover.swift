package import Core
import Foundation
import Identity
package import Postgres

/// What a page of ours shows to a customer who is to go on to the gateway's, and nothing about who that is: whoever knows the payment's id
/// sees it.
package struct CheckoutHandover: Sendable {
    package enum Step: Sendable {
        /// The customer sends this form.
        case send(CheckoutForm, for: Money, to: String)
        /// There is nothing to pay any more: the shop's page.
        case goOn(to: String)
    }

    private let postgres: any PostgresExecutor
    private let gateways: GatewayRegistry
    private let publicURL: String
    private let clock: any WallClock

    /// - Parameter publicURL: how customers reach the API, without a final slash.
    package init(
        postgres: any PostgresExecutor, gateways: GatewayRegistry, publicURL: String, clock: any WallClock
    ) {
        self.postgres = postgres
        self.gateways = gateways
        self.publicURL = publicURL
        self.clock = clock
    }

    static func callbackURL(of payment: ID<Payment>, at publicURL: String) -> String {
        "\(publicURL)/payments/\(payment)/return"
    }

    /// - Throws: ``Problem``: 404 for an unknown payment, or one whose gateway wants no form; 409 where its gateway is switched off.
    package func callAsFunction(_ id: ID<Payment>) async throws -> Step {
        guard let payment = try await PaymentStore().payment(id, visibleTo: .everything, in: postgres) else {
            throw Problem.notFound("payment")
        }
        guard payment.state.isOpen else {
            return .goOn(to: payment.state.isUnsuccessful ? payment.cancelURL : payment.successURL)
        }
        guard payment.sessionExpiresAt > clock.now else { return .goOn(to: payment.cancelURL) }
        let gateway = try gateways.gateway(of: payment)
        guard let gateway = gateway as? any FormCheckoutGateway,
            let form = gateway.checkoutForm(for: payment, callbackURL: Self.callbackURL(of: id, at: publicURL))
        else { throw Problem.notFound("payment") }
        return .send(form, for: payment.amount, to: gateway.title)
    }
}
