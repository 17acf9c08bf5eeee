import Core
package import Jobs

/// Ask gateways whose panel makes refunds, and that tell of them, about those that a person was to make there: one that was made needs
/// nobody to confirm it.
package struct RecheckAwaitedTransfers: JobPayload {
    package static let kind = "payments.recheck_transfers"
    package static let queue = QueueName.maintenance
    /// How many at a time, those that wait longest.
    private static let limit = 500

    package init() {}

    /// Records a question for each payment.
    package func callAsFunction(_ gateways: GatewayRegistry, in work: UnitOfWork) async throws {
        let telling = gateways.all.filter { $0.can(.listRefunds) && !$0.can(.refund) }.map(\.name)
        guard !telling.isEmpty else { return }
        let payments = try await RefundStore().paymentsAwaitingTransfer(through: telling, limit: Self.limit, in: work)
        for payment in payments { try work.enqueue(VerifyPayment.Job(paymentID: payment)) }
    }
}
