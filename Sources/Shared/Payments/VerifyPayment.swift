package import Core
import Identity
package import Jobs
import Orders
package import Postgres

/// Asks the gateway what became of a payment and applies its answer, for customers who come back and for operators.
package struct VerifyPayment: Sendable {
    /// Asks once more, later.
    package struct Job: JobPayload {
        package static let kind = "payments.recheck"
        package static let queue = QueueName.payments

        package let paymentID: ID<Payment>

        package init(paymentID: ID<Payment>) { self.paymentID = paymentID }
    }

    private let postgres: any PostgresExecutor
    private let gateways: GatewayRegistry
    private let book: PaymentBook
    private let health: GatewayHealth

    package init(postgres: any PostgresExecutor, gateways: GatewayRegistry, book: PaymentBook) {
        self.postgres = postgres
        self.gateways = gateways
        self.book = book
        health = GatewayHealth(postgres: postgres, clock: book.clock, logger: book.logger)
    }

    /// Both steps, where nothing else is to be committed with the answer.
    /// - Returns: the payment as it stands afterwards.
    /// - Throws: ``Problem`` 404 for an unknown payment; ``GatewayError`` where the gateway gives no usable answer.
    package func callAsFunction(
        _ id: ID<Payment>, for actor: AuditActor, in scope: some WorkScope
    ) async throws -> Payment {
        let answer = try await ask(id, for: actor, in: scope)
        return try await scope.withUnitOfWork { work in try await apply(answer, in: work) }
    }

    /// What the gateway says of a payment.
    package struct Answer: Sendable {
        let paymentID: ID<Payment>
        let report: Report?
        /// Captures of the same checkout beside the payment's own.
        let further: [Report]
        let refunds: [RefundReport]
        let disputes: [DisputeReport]
    }

    /// - Throws: ``Problem`` 404 for an unknown payment; ``GatewayError`` where the gateway gives no usable answer.
    package func ask(
        _ id: ID<Payment>, for actor: AuditActor, in scope: some WorkScope
    ) async throws -> Answer {
        guard let payment = try await PaymentStore().payment(id, visibleTo: .everything, in: postgres) else {
            throw Problem.notFound("payment")
        }
        try await scope.hold()
        let gateway = try gateways.gateway(of: payment)
        var report = try await health.watching(gateway.name) { try await gateway.read(payment, for: actor) }
        if report?.status == .authorised, payment.state.isOpen,
            let capturing = gateway as? any CapturingGateway, capturing.takesWhatIsAuthorised,
            try await isPayable(payment)
        {
            report = try await capturing.capture(payment, for: actor)
        }
        var known = payment
        known.reference = payment.reference ?? report?.reference
        let refunds = try await gateway.knownRefunds(of: known, for: actor)
        let isCaptured = payment.state.isCaptured || report?.status == .captured
        let further = isCaptured ? try await gateway.knownFurtherCaptures(of: known, for: actor) : []
        return Answer(
            paymentID: id, report: report, further: further, refunds: refunds,
            disputes: isCaptured ? try await gateway.knownDisputes(of: known, for: actor) : [])
    }

    private func isPayable(_ payment: Payment) async throws -> Bool {
        let order = try await OrderStore().order(payment.orderID, visibleTo: .everything, in: postgres)
        let demands = try await PaymentDemandStore().demands(of: payment.orderID, in: postgres)
        return order?.state == .open && demands.contains { $0.id == payment.demandID && $0.isOpen }
    }

    /// - Returns: the payment as it stands afterwards.
    package func apply(_ answer: Answer, in work: UnitOfWork) async throws -> Payment {
        let id = answer.paymentID
        if let report = answer.report { _ = try await book.apply(report, to: id, in: work) }
        if try await PaymentStore().payment(id, visibleTo: .everything, in: work)?.state.isCaptured == true {
            for report in answer.further { _ = try await book.apply(report, to: id, in: work) }
            for refund in answer.refunds { _ = try await book.apply(refund, to: id, in: work) }
            for dispute in answer.disputes { _ = try await book.apply(dispute, to: id, in: work) }
        }
        guard let payment = try await PaymentStore().payment(id, visibleTo: .everything, in: work) else {
            throw Problem.notFound("payment")
        }
        return payment
    }
}
