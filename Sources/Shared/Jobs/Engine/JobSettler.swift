import Faults
import Logging
import Postgres

/// Marks finished runs done and takes them out of Redis, many at a time.
final class JobSettler: Sendable {
    /// How a run ended.
    struct Settlement: Sendable {
        let key: DispatchKey
        /// False where the job's own transaction has marked it.
        let needsFinish: Bool
    }

    private let coalescer: WriteCoalescer<Settlement, Void>

    init(queue: QueueName, worker: String, postgres: PostgresClient, transport: JobTransport, logger: Logger) {
        coalescer = WriteCoalescer(maximumWriters: 2, maximumBatch: 512) { settlements in
            let unfinished = settlements.filter(\.needsFinish).map(\.key).sorted { $0.text < $1.text }
            do {
                if !unfinished.isEmpty { try await postgres.execute(JobSQL.finish(unfinished)) }
            } catch {
                return settlements.map { _ in .failure(error) }
            }
            faultPoint("job.finished")
            do {
                try await transport.release(settlements.map(\.key), queue: queue, worker: worker)
            } catch {
                // The rows say done: whoever claims the leftovers drops them.
                logger.debug("Finished jobs stay in Redis for now", metadata: ["error": "\(error)"])
            }
            faultPoint("job.released")
            return settlements.map { _ in .success(()) }
        }
    }

    /// Throws where PostgreSQL could not be told; the job then runs again.
    func settle(_ settlement: Settlement) async throws {
        try await coalescer.submit(settlement)
    }
}
