import Postgres

/// Keeps partitions ahead of the calendar and drops those past their retention.
package struct MaintainPartitions: JobPayload {
    package static let kind = "maintenance.partitions"
    package static let queue = QueueName.maintenance

    package init() {}

    package static let monthsAhead = 3
    /// Finished jobs and event bodies are kept this long.
    package static let monthsKept = 12

    /// Runs as one transaction together with the end of its job.
    package static func run(in scope: some WorkScope) async throws {
        try await scope.withUnitOfWork { work in
            // A new partition locks the whole table, and everyone queues behind whoever waits for such a lock: better to
            // come back later than to hold up the receiver behind somebody's long query.
            try await work.execute("SET LOCAL lock_timeout = '500ms'")
            for table in ["jobs", "webhook_events"] {
                try await work.execute("SELECT ensure_month_partitions(\(table)::regclass, \(Int32(monthsAhead)))")
                try await work.execute("SELECT drop_month_partitions(\(table)::regclass, \(Int32(monthsKept)))")
            }
            try await work.execute("DELETE FROM cron_runs WHERE slot < now() - interval '90 days'")
        }
    }
}
