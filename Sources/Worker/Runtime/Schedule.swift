import Carts
import Complaints
import Core
import Identity
import Inventory
import Jobs
import Media
import Payments
import Search
import Shipments
import Vault

extension CronJob {
    /// What happens by the clock.
    static var product: [CronJob] {
        [
            CronJob("partitions", .daily(hour: 1, minute: 10), payload: MaintainPartitions()),
            CronJob("sign-ins", .daily(hour: 1, minute: 40), payload: PurgeSignIns.Job()),
            CronJob("carts", .daily(hour: 1, minute: 25), payload: PurgeCarts.Job()),
            CronJob("abandoned carts", .every(seconds: 300), payload: FindAbandonedCarts.Job()),
            CronJob("complaint deadlines", .every(seconds: 300), payload: CheckComplaintDeadlines.Job()),
            CronJob("search", .every(seconds: 30), payload: RefreshSearch.Job()),
            CronJob("search terms", .daily(hour: 1, minute: 55), payload: CountSearchTerms.Job()),
            CronJob("data keys", .daily(hour: 2, minute: 10), payload: RewrapDataKeys.Job()),
            CronJob("media sweep", .daily(hour: 2, minute: 40), payload: SweepMedia.Job()),
            // The day has begun everywhere between Dhaka and Delhi.
            CronJob("ended batches", .daily(hour: 18, minute: 40), payload: WithdrawEndedBatches.Job()),
            CronJob("ended licence keys", .every(seconds: 300), payload: WithdrawEndedKeys.Job()),
            CronJob("audit checkpoint", .every(seconds: 6 * 3600), payload: SealAuditTrail()),
            CronJob("authorised payments", .every(seconds: 300), payload: CaptureAuthorised()),
            CronJob("awaited transfers", .every(seconds: 3600), payload: RecheckAwaitedTransfers()),
            CronJob("reconciliation", .daily(hour: 3, minute: 30), payload: ReconcileGateways()),
            CronJob("silent shipments", .every(seconds: 600), payload: TrackShipment.SilentJob()),
            CronJob("couriers' balances", .every(seconds: 6 * 3600), payload: ReadCourierBalances.Job()),
            CronJob("settlements", .daily(hour: 4, minute: 10), payload: ReadAllSettlements()),
        ]
    }
}
