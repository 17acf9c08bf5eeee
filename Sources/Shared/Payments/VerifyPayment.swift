package import Core
package import Jobs
package import Postgres

/// Asks the gateway what became of a payment and applies its answer, for customers who come back and for operators.
package struct VerifyPayment: Sendable {
    private let postgres: any PostgresExecutor
    private let gateways: GatewayRegistry
    private let book: PaymentBook

    package init(postgres: any PostgresExecutor, gateways: GatewayRegistry, book: PaymentBook) {
        self.postgres = postgres
        self.gateways = gateways
        self.book = book
    }

    /// - Returns: the payment as it stands afterwards.
    /// - Throws: ``Problem`` 404 for an unknown payment; ``GatewayError`` where the gateway gives no usable answer.
    package func callAsFunction(
        _ id: ID<Payment>, for actor: AuditActor, in scope: some WorkScope
    ) async throws -> Payment {
        guard let payment = try await PaymentStore.find(id, in: postgres) else { throw Problem.notFound("payment") }
        try await scope.holdJob()
        let (evidence, refunds, disputes) = try await ask(about: payment, for: actor)
        return try await scope.withUnitOfWork { work in
            if let evidence { _ = try await book.apply(evidence, to: id, in: work) }
            let current = try await PaymentStore.find(id, in: work)
            if current?.state.isCaptured == true {
                for refund in refunds { _ = try await book.apply(refund, to: id, in: work) }
                for dispute in disputes { _ = try await book.apply(dispute, to: id, in: work) }
            }
            guard let current = try await PaymentStore.find(id, in: work) else { throw Problem.notFound("payment") }
            return current
        }
    }

    private func ask(
        about payment: Payment, for actor: AuditActor
    ) async throws -> (Evidence?, [RefundEvidence], [DisputeEvidence]) {
        let gateway = try gateways.gateway(payment.gateway)
        let evidence = try await gateway.read(payment, for: actor)
        var known = payment
        known.reference = payment.reference ?? evidence?.reference
        let refunds = try await gateway.refunds(of: known, for: actor)
        guard payment.state.isCaptured || evidence?.status == .captured else { return (evidence, refunds, []) }
        return (evidence, refunds, try await gateway.disputes(of: known, for: actor))
    }
}
