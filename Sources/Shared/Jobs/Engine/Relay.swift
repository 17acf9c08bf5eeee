import Faults
import Foundation
import Postgres

/// Moves due jobs from PostgreSQL to Redis: scheduled and retried ones, and those whose push after commit never came.
struct Relay: Sendable {
    private static let batch = 500

    let postgres: PostgresClient
    let transport: JobTransport

    /// One batch; answers whether it was full. Pushes first and marks then, in one transaction: a crash between the two
    /// pushes again, which is a no-op, where the other order would strand the jobs.
    func turn() async throws -> Bool {
        try await move(JobSQL.due(limit: Self.batch)) == Self.batch
    }

    /// Pushes what was handed to Redis long ago once more: a no-op where Redis still has it.
    func sweep(age: Duration) async throws -> Bool {
        try await move(JobSQL.overdue(age: age, limit: Self.batch)) == Self.batch
    }

    private func move(_ selection: PostgresStatement) async throws -> Int {
        try await postgres.withTransaction { transaction in
            let due = try await transaction.query(selection, as: DueJob.self).map(\.envelope)
            guard !due.isEmpty else { return 0 }
            try await transport.push(due)
            faultPoint("relay.pushed")
            try await transaction.execute(JobSQL.markDispatched(due.map(\.key.jobID)))
            faultPoint("relay.marked")
            return due.count
        }
    }
}

/// Brings back what dead workers and a Redis without memory have left behind.
struct RecoverySweep: Sendable {
    let queues: [QueueName]
    let expiry: Duration
    let postgres: PostgresClient
    let transport: JobTransport

    func turn() async throws -> Bool {
        for queue in queues {
            if try await transport.hasLostMemory(queue) {
                try await postgres.execute(JobSQL.redispatchAll(queue))
                try await transport.remember(queue)
            }
            _ = try await transport.recover(queue, expiry: expiry)
        }
        return false
    }

    func reconcile() async throws -> Bool {
        for queue in queues {
            _ = try await transport.reconcile(queue, expiry: expiry)
        }
        return false
    }
}
