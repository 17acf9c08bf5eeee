package import Core
package import Foundation
package import Jobs

/// Ask the gateway what became of a payment, its refunds and its disputes, and apply the answer.
package struct RecheckPayment: JobPayload {
    package static let kind = "payments.recheck"
    package static let queue = QueueName.payments

    package let paymentID: ID<Payment>

    package init(paymentID: ID<Payment>) { self.paymentID = paymentID }
}

/// Compare the record of every gateway with ours.
package struct ReconcileGateways: JobPayload {
    package static let kind = "payments.reconcile"
    package static let queue = QueueName.maintenance

    /// Each period is looked at twice: what was on its way the first time has arrived by the second.
    package static let days: TimeInterval = 2

    package init() {}

    /// The period of a run at `now`.
    package static func period(endingBefore now: Date) -> GatewayPeriod {
        let end = now.addingTimeInterval(-Reconcile.settlingTime)
        return GatewayPeriod(start: end.addingTimeInterval(-days * 86_400), end: end)
    }
}
