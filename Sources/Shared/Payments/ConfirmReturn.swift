package import Core
import Foundation
import Identity
package import Jobs
package import Logging
package import Postgres

/// Takes a customer back from the gateway's page: asks the gateway what came of it, or confirms the payment where the gateway wants
/// that, and says where the customer goes on.
package struct ConfirmReturn: Sendable {
    /// When a payment that the gateway did not tell of is asked about again.
    private static let pause: TimeInterval = 15

    private let postgres: any PostgresExecutor
    private let gateways: GatewayRegistry
    private let book: PaymentBook
    private let verify: VerifyPayment
    private let logger: Logger

    package init(postgres: any PostgresExecutor, gateways: GatewayRegistry, book: PaymentBook, logger: Logger) {
        self.postgres = postgres
        self.gateways = gateways
        self.book = book
        verify = VerifyPayment(postgres: postgres, gateways: gateways, book: book)
        self.logger = logger
    }

    /// Safe to repeat.
    /// - Parameter fields: what the customer's browser brought back: a hint for the gateway, never proof.
    /// - Returns: the shop's page for this outcome. Where the gateway does not answer it is the one after paying, and a job asks again.
    /// - Throws: ``Problem`` 404 for an unknown payment.
    package func callAsFunction(
        _ id: ID<Payment>, fields: [String: String], in scope: some WorkScope
    ) async throws -> String {
        guard let payment = try await PaymentStore().payment(id, visibleTo: .everything, in: postgres) else {
            throw Problem.notFound("payment")
        }
        let isGivenUp = gateways.find(payment.gateway)?.isGivenUp(fields) ?? false
        guard payment.state.isOpen else { return payment.page(isGivenUp) }
        do {
            return try await settle(payment, fields, in: scope).page(isGivenUp)
        } catch let error as GatewayError {
            logger.warning(
                "a customer is back before the gateway tells of the payment",
                metadata: ["payment_id": "\(id)", "reason": "\(error)"])
            let again = book.clock.now.addingTimeInterval(Self.pause)
            try await scope.withUnitOfWork { work in
                try work.enqueue(VerifyPayment.Job(paymentID: id), runAt: again)
            }
            return payment.page(isGivenUp)
        }
    }

    private func settle(
        _ payment: Payment, _ fields: [String: String], in scope: some WorkScope
    ) async throws -> Payment {
        guard let gateway = try gateways.gateway(of: payment) as? any ReturnConfirmingGateway else {
            return try await verify(payment.id, for: .anyone, in: scope)
        }
        try await scope.hold()
        let report = try await gateway.confirmReturn(of: payment, fields: fields, for: .anyone)
        return try await scope.withUnitOfWork { work in
            if let report { _ = try await book.apply(report, to: payment.id, in: work) }
            guard let after = try await PaymentStore().payment(payment.id, visibleTo: .everything, in: work) else {
                throw Problem.notFound("payment")
            }
            return after
        }
    }
}

extension Payment {
    /// Where the customer goes on.
    fileprivate func page(_ isGivenUp: Bool) -> String {
        state.isUnsuccessful || state.isOpen && isGivenUp ? cancelURL : successURL
    }
}
