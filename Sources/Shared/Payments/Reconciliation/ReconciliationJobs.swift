package import Foundation
package import Jobs

/// Compare the records of all gateways that list them with ours, each by a job of its own: one that doesn't answer keeps no other waiting.
package struct ReconcileGateways: JobPayload {
    package static let kind = "payments.reconcile_all"
    package static let queue = QueueName.maintenance

    package init() {}

    /// Records a job for each of them, over the same period.
    package func callAsFunction(_ gateways: GatewayRegistry, at now: Date, in work: UnitOfWork) throws {
        for gateway in gateways.all where gateway.can(.listRecords) {
            try work.enqueue(ReconcileGateway(gateway.name, endingBefore: now))
        }
    }
}

/// Compare the record of one gateway with ours.
package struct ReconcileGateway: JobPayload, Hashable {
    package static let kind = "payments.reconcile"
    package static let queue = QueueName.maintenance

    /// Each period is looked at twice: what was on its way the first time has arrived by the second.
    package static let days: TimeInterval = 2

    package let gateway: String
    package let start: Date
    package let end: Date

    package init(_ gateway: GatewayName, endingBefore now: Date) {
        let period = Self.period(endingBefore: now)
        self.gateway = gateway.rawValue
        start = period.start
        end = period.end
    }

    package var name: GatewayName { GatewayName(rawValue: gateway) }
    package var period: GatewayPeriod { GatewayPeriod(start: start, end: end) }

    /// The period of a run at `now`.
    package static func period(endingBefore now: Date) -> GatewayPeriod {
        let end = now.addingTimeInterval(-Reconcile.settlingTime)
        return GatewayPeriod(start: end.addingTimeInterval(-days * 86_400), end: end)
    }
}
