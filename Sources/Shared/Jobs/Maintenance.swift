import Postgres

/// Keeps partitions ahead of the calendar and drops those past their retention, which the table `retention` tells. The database does it
/// with its owner's rights, one table at a time.
package struct MaintainPartitions: JobPayload {
    package static let kind = "maintenance.partitions"
    package static let queue = QueueName.maintenance

    /// Far more than there are tables or partitions at a time.
    private static let maximumChanges = 200
    /// Batches of rows in one run; what is left waits for the next one.
    private static let maximumBatches = 10_000

    package init() {}

    /// Each change is a transaction of its own, and all may be repeated. One that fails does not keep the others from theirs.
    /// - Throws: the first failure, after everything else was done.
    package static func run(in claim: some Claim) async throws {
        // Before anything is locked that others wait for.
        try await claim.hold()
        var failures: [PostgresError] = []
        for (function, limit) in [
            ("make_next_partitions", maximumChanges), ("delete_expired_dependents", maximumBatches),
            ("drop_next_expired_partition", maximumChanges),
        ] {
            failures += try await run(function, atMost: limit, in: claim)
        }
        if let failure = failures.first { throw failure }
        _ = try await claim.finish { work in
            try await work.execute("DELETE FROM cron_runs WHERE slot < now() - interval '90 days'")
        }
    }

    /// Calls a function until it has nothing more to do. What can't be had at one call may be at the next, which may also be
    /// another table's turn.
    private static func run(
        _ function: String, atMost limit: Int, in claim: some Claim
    ) async throws -> [PostgresError] {
        var failures: [PostgresError] = []
        for _ in 0..<limit {
            do {
                let isDone = try await claim.withUnitOfWork { work in
                    try await work.queryValue(
                        "SELECT coalesce(\(unescaped: function)()::text, '0') = '0'", as: Bool.self)
                }
                if isDone == true { return failures }
            } catch let error as PostgresError {
                failures.append(error)
                // Enough for every other table to have had its turn.
                if failures.count >= 10 { return failures }
            }
        }
        return failures
    }
}
