package import Foundation
package import Jobs

/// Compare the records of all gateways with ours, each by a job of its own: one that doesn't answer keeps no other waiting.
package struct ReconcileGateways: JobPayload {
    package static let kind = "payments.reconcile_all"
    package static let queue = QueueName.maintenance

    package init() {}

    /// Records a job for each of them, over the same period.
    package func callAsFunction(_ gateways: GatewayRegistry, at now: Date, in work: UnitOfWork) throws {
        for gateway in gateways.all {
            try work.enqueue(Reconcile.Job(gateway.name, endingBefore: now))
        }
    }
}
