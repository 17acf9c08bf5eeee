import Postgres

/// Keeps partitions ahead of the calendar and drops those past their retention.
package struct MaintainPartitions: JobPayload {
    package static let kind = "maintenance.partitions"
    package static let queue = QueueName.maintenance

    package init() {}

    /// Each change of a table's partitions is a transaction of its own, so that no lock on a whole table outlasts it; all
    /// may be repeated. How far ahead they are made and how long they are kept stands in the database, whose owner's rights
    /// they take.
    package static func run(in claim: some Claim) async throws {
        // Before anything is locked that others wait for.
        try await claim.hold()
        for step in ["make_job", "drop_job", "make_webhook_event", "drop_webhook_event", "make_event", "drop_event"] {
            _ = try await claim.withUnitOfWork { work in
                try await work.execute("SELECT \(unescaped: step)_partitions()")
            }
        }
        _ = try await claim.finish { work in
            try await work.execute("DELETE FROM cron_runs WHERE slot < now() - interval '90 days'")
        }
    }
}
