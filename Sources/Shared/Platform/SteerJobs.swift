package import Core
package import Jobs

extension JobRecord: IdentifiedByTypeID {
    package static let typePrefix = "job"
}

/// What operators do to jobs and queues, over REST and from the command line, each put on record.
package struct SteerJobs: Sendable {
    private let jobs: JobOperations
    private let audit: AuditStore

    package init(jobs: JobOperations, audit: AuditStore) {
        self.jobs = jobs
        self.audit = audit
    }

    /// Makes a dead or cancelled job due again.
    /// - Throws: ``Problem`` 404; 409 ("job-not-retryable") in any other state; `PostgresError`.
    package func retry(_ id: ID<JobRecord>, by actor: AuditActor, in work: UnitOfWork) async throws {
        guard try await jobs.retry(id.uuid, in: work) else {
            throw try await refusal(of: id, "job-not-retryable", "The job can't be retried", in: work)
        }
        try await audit.append(AuditEntry(actor: actor, action: "job.retried", subject: id), in: work)
    }

    /// Gives up a job that is not finished; a run that is under way rolls back.
    /// - Throws: ``Problem`` 404; 409 ("job-not-discardable") where it is done or cancelled; `PostgresError`.
    package func discard(_ id: ID<JobRecord>, by actor: AuditActor, in work: UnitOfWork) async throws {
        guard try await jobs.discard(id.uuid, in: work) else {
            throw try await refusal(of: id, "job-not-discardable", "The job can't be discarded", in: work)
        }
        try await audit.append(AuditEntry(actor: actor, action: "job.discarded", subject: id), in: work)
        guard let job = try await jobs.find(id.uuid, in: work) else { return }
        try work.publish(JobAbandoned(jobID: id, kind: job.kind))
    }

    /// Running jobs finish; nothing new is claimed until `resume`.
    /// - Throws: `RedisError`; `PostgresError`.
    package func pause(_ queue: QueueName, by actor: AuditActor, in scope: some WorkScope) async throws {
        try await jobs.pause(queue)
        try await record("queue.paused", queue, by: actor, in: scope)
    }

    /// - Throws: `RedisError`; `PostgresError`.
    package func resume(_ queue: QueueName, by actor: AuditActor, in scope: some WorkScope) async throws {
        try await jobs.resume(queue)
        try await record("queue.resumed", queue, by: actor, in: scope)
    }

    private func refusal(
        of id: ID<JobRecord>, _ type: String, _ title: String, in work: UnitOfWork
    ) async throws -> Problem {
        guard let job = try await jobs.find(id.uuid, in: work) else { return .notFound("job") }
        return .conflict(type, title: title, detail: "The job is \(job.state.rawValue)")
    }

    private func record(
        _ action: String, _ queue: QueueName, by actor: AuditActor, in scope: some WorkScope
    ) async throws {
        try await scope.withUnitOfWork { work in
            try await audit.append(
                AuditEntry(actor: actor, action: action, subject: "queue_\(queue.rawValue)"), in: work)
        }
    }
}
