import Postgres

/// Reads claimed jobs from their rows where Redis has no envelope of them that proves itself; many at a time.
final class JobLoader: Sendable {
    private let coalescer: WriteCoalescer<DispatchKey, JobEnvelope?>

    init(queue: QueueName, postgres: PostgresClient) {
        coalescer = WriteCoalescer(maximumWriters: 2, maximumBatch: 512) { keys in
            do {
                let jobs = try await postgres.query(JobSQL.load(keys, from: queue), as: DueJob.self).map(\.envelope)
                let byKey = Dictionary(jobs.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
                return keys.map { .success(byKey[$0]) }
            } catch {
                return keys.map { _ in .failure(error) }
            }
        }
    }

    /// `nil` for what is not due in this attempt and queue.
    func load(_ key: DispatchKey) async throws -> JobEnvelope? {
        try await coalescer.submit(key)
    }
}
