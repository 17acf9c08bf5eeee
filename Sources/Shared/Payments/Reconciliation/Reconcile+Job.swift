package import Foundation
package import Jobs

extension Reconcile {
    /// Compare the record of one gateway with ours.
    package struct Job: JobPayload, Hashable {
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
}
