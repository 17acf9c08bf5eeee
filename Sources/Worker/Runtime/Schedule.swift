import Core
import Jobs
import Payments

extension CronJob {
    /// What happens by the clock.
    static var product: [CronJob] {
        [
            CronJob("partitions", .daily(hour: 1, minute: 10), payload: MaintainPartitions()),
            CronJob("audit checkpoint", .every(seconds: 6 * 3600), payload: SealAuditTrail()),
            CronJob("reconciliation", .daily(hour: 3, minute: 30), payload: ReconcileGateways()),
        ]
    }
}
