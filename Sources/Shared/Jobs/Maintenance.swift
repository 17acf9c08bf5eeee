import Postgres

/// Keeps partitions ahead of the calendar and drops those past their retention.
package struct MaintainPartitions: JobPayload {
    package static let kind = "maintenance.partitions"
    package static let queue = QueueName.maintenance

    package init() {}

    package static let monthsAhead = 3
    /// Finished jobs and event bodies are kept this long.
    package static let monthsKept = 12

    /// Each change of a table's partitions is a transaction of its own, so that no lock on a whole table outlasts it; all
    /// may be repeated.
    /// - Parameter ending: the scope of the last transaction, which may end the job.
    package static func run(in steps: some WorkScope, ending: some WorkScope) async throws {
        for table in ["jobs", "webhook_events"] {
            _ = try await steps.withUnitOfWork { work in
                try await work.execute("SELECT ensure_month_partitions(\(table)::regclass, \(Int32(monthsAhead)))")
            }
            _ = try await steps.withUnitOfWork { work in
                try await work.execute("SELECT drop_month_partitions(\(table)::regclass, \(Int32(monthsKept)))")
            }
        }
        _ = try await ending.withUnitOfWork { work in
            try await work.execute("DELETE FROM cron_runs WHERE slot < now() - interval '90 days'")
        }
    }
}
