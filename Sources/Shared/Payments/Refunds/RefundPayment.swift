package import Core
import Foundation
import Identity
package import Jobs
package import Logging
package import Postgres

/// Asks the gateway for a refund: the refund's id and attempt are the idempotency key, so a repeat sends no money twice.
package struct RefundPayment: Sendable {
    /// A refund that is to be asked for.
    package struct Job: JobPayload {
        package static let kind = "payments.refund"
        package static let queue = QueueName.payments

        package let refundID: ID<Refund>

        package var uniqueKey: String? { "\(refundID)" }

        package init(refundID: ID<Refund>) {
            self.refundID = refundID
        }
    }

    /// Gateways forget idempotency keys after a day at the earliest; from then on a repeat could send the money twice.
    private static let keyLifetime: TimeInterval = 20 * 3600

    private let postgres: any PostgresExecutor
    private let gateways: GatewayRegistry
    private let book: PaymentBook

    package init(postgres: any PostgresExecutor, gateways: GatewayRegistry, book: PaymentBook) {
        self.postgres = postgres
        self.gateways = gateways
        self.book = book
    }

    /// A refusal ends the refund as failed, with the gateway's reason.
    /// - Throws: `PermanentJobFailure` where there is no such refund; any other error means: again later, under the same key
    ///   unless the gateway can only repeat its failure for that one and made no refund.
    package func callAsFunction(_ job: Job, in claim: some Claim, logger: Logger) async throws {
        guard let refund = try await RefundStore().refund(job.refundID, visibleTo: .everything, in: postgres),
            let payment = try await PaymentStore().payment(refund.paymentID, visibleTo: .everything, in: postgres)
        else { throw PermanentJobFailure("there is no refund \(job.refundID)") }
        guard refund.state.isUnderway, refund.state != .awaitingTransfer else { return }
        let gateway = try gateways.gateway(of: payment)
        try await claim.hold()
        let answer = try await ask(gateway, for: refund, of: payment)
        try await claim.finish { work in
            switch answer {
            case .made(let statement): _ = try await book.apply(statement, to: payment.id, in: work)
            case .byHand(let reason): try await book.awaitTransfer(refund, because: reason, in: work)
            case .refused(let reason, let others):
                for statement in others { _ = try await book.apply(statement, to: payment.id, in: work) }
                try await book.giveUp(refund, because: reason, in: work)
            }
        }
        logger.info("refund asked for", metadata: ["refund_id": "\(refund.id)", "payment_id": "\(payment.id)"])
    }

    private enum Answer {
        case made(RefundReport)
        /// The gateway has no such call.
        case byHand(reason: String)
        /// For good, and what else was refunded of the payment.
        case refused(reason: String, others: [RefundReport])
    }

    private func ask(
        _ gateway: any PaymentGateway, for refund: Refund, of payment: Payment
    ) async throws -> Answer {
        guard let gateway = gateway as? any RefundingGateway else {
            return .byHand(reason: gateway.lacks(.refund).detail ?? "")
        }
        if book.clock.now.timeIntervalSince(refund.createdAt) > Self.keyLifetime {
            let refunds = try await gateway.knownRefunds(of: payment, for: .system)
            if let made = refunds.first(where: { $0.refundID == refund.id }) { return .made(made) }
        }
        do {
            return .made(try await gateway.refund(refund, of: payment))
        } catch {
            return try await answer(to: error, from: gateway, for: refund, of: payment)
        }
    }

    /// What may still be concluded from a failure.
    private func answer(
        to error: GatewayError, from gateway: any PaymentGateway, for refund: Refund, of payment: Payment
    ) async throws -> Answer {
        switch error {
        case .refused(let code, let message, _):
            // Somebody may have been faster in the gateway's dashboard: what was refunded there counts.
            let refunds = try await gateway.knownRefunds(of: payment, for: .system)
            if let made = refunds.first(where: { $0.refundID == refund.id }) { return .made(made) }
            return .refused(reason: code.map { "\($0): \(message)" } ?? message, others: refunds)
        case .keySpent:
            let refunds = try await gateway.knownRefunds(of: payment, for: .system)
            if let made = refunds.first(where: { $0.refundID == refund.id }) { return .made(made) }
            try await RefundStore().startNextAttempt(of: refund, in: postgres)
            throw error
        case .credentialsRefused, .unavailable, .unknown, .integrity:
            throw error
        }
    }
}
