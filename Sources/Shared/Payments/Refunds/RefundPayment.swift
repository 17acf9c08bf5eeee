package import Core
import Foundation
package import Jobs
package import Logging
package import Postgres

/// A refund that we owe and have to ask the gateway for.
package struct RefundPayment: JobPayload {
    package static let kind = "payments.refund"
    package static let queue = QueueName.payments

    package let refundID: ID<Refund>

    package var uniqueKey: String? { "\(refundID)" }

    package init(refundID: ID<Refund>) {
        self.refundID = refundID
    }
}

/// Carries out ``RefundPayment``: the refund's id and attempt are the idempotency key, so a repeat sends no money twice.
package struct RefundPaymentHandler: Sendable {
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

    /// - Throws: `PermanentJobFailure` where the gateway refuses; any other error means: again later, under the same key
    ///   unless the gateway can only repeat its failure for that one and made no refund.
    package func callAsFunction(_ job: RefundPayment, in claim: some Claim, logger: Logger) async throws {
        guard let refund = try await RefundStore.find(job.refundID, in: postgres),
            let payment = try await PaymentStore.find(refund.paymentID, in: postgres)
        else { throw PermanentJobFailure("there is no refund \(job.refundID)") }
        guard refund.state == .requested || refund.state == .pending else { return }
        let gateway = try gateways.gateway(payment.gateway)
        try await claim.hold()
        let answer = try await ask(gateway, for: refund, of: payment)
        try await claim.finish { work in
            switch answer {
            case .made(let statement): _ = try await book.apply(statement, to: payment.id, in: work)
            case .madeElsewhere(let statements):
                for statement in statements { _ = try await book.apply(statement, to: payment.id, in: work) }
                try await book.withdraw(refund, of: payment, because: "refunded at the gateway already", in: work)
            }
        }
        logger.info("refund asked for", metadata: ["refund_id": "\(refund.id)", "payment_id": "\(payment.id)"])
    }

    private enum Answer {
        case made(RefundEvidence)
        case madeElsewhere([RefundEvidence])
    }

    private func ask(
        _ gateway: any PaymentGateway, for refund: Refund, of payment: Payment
    ) async throws -> Answer {
        if book.clock.now.timeIntervalSince(refund.createdAt) > Self.keyLifetime {
            let refunds = try await gateway.refunds(of: payment, for: .system)
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
        case .refused("charge_already_refunded", _, _):
            // Somebody was faster in the gateway's dashboard: what was refunded there counts.
            return .madeElsewhere(try await gateway.refunds(of: payment, for: .system))
        case .refused(_, let message, _):
            throw PermanentJobFailure("\(gateway.name) refuses refund \(refund.id): \(message)")
        case .keySpent:
            let refunds = try await gateway.refunds(of: payment, for: .system)
            if let made = refunds.first(where: { $0.refundID == refund.id }) { return .made(made) }
            try await RefundStore.startNextAttempt(of: refund, in: postgres)
            throw error
        case .credentialsRefused, .unavailable, .unknown, .integrity:
            throw error
        }
    }
}
